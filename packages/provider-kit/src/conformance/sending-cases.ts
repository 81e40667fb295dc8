/** What a provider promises about everything that goes out. */
import assert from "node:assert/strict";
import { isClawdError } from "@clawd/kernel";
import type { SendError, SendOutcome } from "../send-error.ts";
import { splitText } from "../split-text.ts";
import type { ShownMessage } from "./harness.ts";
import type { Case } from "./runner.ts";
import { settled, type World } from "./world.ts";

type SendingCase = Case<World>;

export const sendingCases: readonly SendingCase[] = [
  {
    id: "send",
    promise: "a message is shown once, as it is, and has an id",
    async run(world) {
      const { connection } = await world.connected();
      const text = "Plain *text* with <signs> & \u{1f99e}\nin two lines";
      const { messageId } = await sent(world, connection.send(world.message({ text })));
      assert.ok(typeof messageId === "string" && messageId !== "");
      assert.deepEqual(await shown(world, 1), [{ chat: world.harness.dm.id, text }]);
    },
  },
  {
    id: "not-started",
    promise:
      "sending before the start fails with CLAWD_PROVIDER_NOT_STARTED, after the stop it fails as well",
    async run(world) {
      const early = world.connect();
      const error = await world.failure(early.connection.send(world.message()));
      assertSendError(error, ["not-sent"]);
      assert.equal(error.code, "CLAWD_PROVIDER_NOT_STARTED");
      const late = await world.connected();
      await late.connection.stop();
      assertSendError(await world.failure(late.connection.send(world.message())), ["not-sent"]);
      assert.equal(world.harness.attempts(), 0);
    },
  },
  {
    id: "long-text",
    promise: "a text of any length, cut by splitText, arrives whole",
    async run(world) {
      const { connection } = await world.connected();
      const { maxTextLength } = world.provider.capabilities;
      assert.ok(Number.isSafeInteger(maxTextLength) && maxTextLength > 0, "maxTextLength is a length");
      const prose = "A sentence with words. \u{1f99e}\u{1f99e}\n".repeat(Math.ceil(maxTextLength / 20));
      // Without a place to break, so that some pieces are exactly as long as a message may be.
      const text = prose + "x".repeat(maxTextLength * 2);
      const pieces = splitText(text, maxTextLength);
      assert.ok(pieces.length > 1);
      for (const piece of pieces) await sent(world, connection.send(world.message({ text: piece })));
      const texts = (await shown(world, pieces.length)).map((message) => message.text);
      assert.ok(texts.join("") === text, "what is shown, joined, is the text");
    },
  },
  {
    id: "rate-limit",
    promise: "the network's own limit for a chat is kept without being told",
    async run(world) {
      const { limit } = world.harness;
      assert.ok(limit, "The harness names no limit: declare a skip of this test, with the reason.");
      const { connection } = await world.connected();
      const start = world.clock.now();
      const all = Array.from({ length: limit.burst + 2 }, () => connection.send(world.message()));
      for (let number = 1; number <= all.length; number++) {
        await world.until(`message ${number} is sent`, () => world.harness.attempts() >= number);
        const earliest = start + Math.max(0, number - limit.burst) * (1000 / limit.perSecond);
        assert.ok(world.clock.now() >= earliest - 1, `message ${number} is not sent before its turn`);
      }
      await Promise.all(all);
    },
  },
  {
    id: "ask-to-wait",
    promise: "when the network asks to wait, nothing is sent to it before",
    async run(world) {
      const { connection } = await world.connected();
      await world.disturb({ kind: "ask-to-wait", milliseconds: 3000 });
      const start = world.clock.now();
      const outcome = connection.send(world.message()).then(
        () => null,
        (error: unknown) => error,
      );
      await world.until("the network refuses once", () => world.harness.attempts() > 0);
      const error = await settled(world, outcome);
      if (error === null) {
        assert.ok(world.clock.now() - start >= 3000 - 1, "it is not sent before the time is over");
        assert.equal((await shown(world, 1)).length, 1);
        return;
      }
      // Too long for this provider to wait: then it says for how long, and has not tried again.
      assertSendError(error, ["not-sent"]);
      assert.ok((error.retryAfterMs ?? 0) >= 3000, "retryAfterMs says how long");
      assert.equal(world.harness.attempts(), 1);
    },
  },
  {
    id: "refused",
    promise: 'a message refused for good fails with outcome "rejected", and is not tried again',
    async run(world) {
      const { connection } = await world.connected();
      await world.disturb({ kind: "refuse-message" });
      const error = await settled(world, world.failure(connection.send(world.message())));
      assertSendError(error, ["rejected"]);
      assert.equal(world.harness.attempts(), 1);
    },
  },
  {
    id: "lost-answer",
    promise: "a message whose answer is lost is not shown twice",
    async run(world) {
      const { connection } = await world.connected();
      await world.disturb({ kind: "lose-answer" });
      const outcome = connection.send(world.message()).then(
        () => null,
        (error: unknown) => error,
      );
      const error = await settled(world, outcome);
      if (error !== null) assertSendError(error, ["unknown"]);
      assert.equal((await shown(world, 1)).length, 1);
    },
  },
  {
    id: "idempotent-send",
    promise: "sending a deliveryId twice shows one message, also after a restart",
    async run(world) {
      const message = world.message();
      const first = await world.connected();
      await sent(world, first.connection.send(message));
      await sent(world, first.connection.send(message));
      await first.connection.stop();
      const second = await world.connected();
      await sent(world, second.connection.send(message));
      assert.equal((await shown(world, 1)).length, 1);
    },
  },
  {
    id: "withdrawn",
    promise: "a message that was withdrawn is not sent",
    async run(world) {
      const { connection } = await world.connected();
      const error = await world.failure(connection.send(world.message(), AbortSignal.abort()));
      assertSendError(error, ["not-sent"]);
      assert.equal(world.harness.attempts(), 0);
    },
  },
  {
    id: "send-while-down",
    promise: "sending while the network is down fails with an outcome, and does not wait for ever",
    async run(world) {
      const { connection } = await world.connected();
      await world.disturb({ kind: "down" });
      const error = await settled(world, world.failure(connection.send(world.message())));
      assertSendError(error, ["not-sent", "unknown"]);
    },
  },
  {
    id: "typing",
    promise: "showing that an answer is being written never fails",
    async run(world) {
      const { connection } = await world.connected();
      const show = () => connection.typing?.(world.harness.dm);
      assert.ok(show(), "This provider has no typing(): declare a skip of this test, with the reason.");
      await world.disturb({ kind: "down" });
      await settled(world, show()!);
    },
  },
];

const sent = settled;

/** What people see, once there are so many messages and none is on its way. */
async function shown(world: World, count: number): Promise<readonly ShownMessage[]> {
  await world.until(`${count} messages are shown`, () => world.harness.shown().length >= count);
  await world.settle();
  return world.harness.shown();
}

function assertSendError(error: unknown, outcomes: readonly SendOutcome[]): asserts error is SendError {
  assert.ok(isClawdError(error), `It fails with a SendError, not with ${String(error)}.`);
  const { outcome } = error as SendError;
  assert.ok(outcomes.includes(outcome), `The outcome is ${outcomes.join(" or ")}, not ${outcome}.`);
  assert.match(error.code, /^CLAWD_[A-Z0-9_]+$/);
  assert.ok(error.hint.length > 0, "It says what to do.");
}
