/** What a provider promises about the files of messages that go out. Run where it claims to send them. */
import assert from "node:assert/strict";
import type { OutboundFile } from "../file.ts";
import type { OutboundMessage } from "../provider.ts";
import { SendError, type SendOutcome } from "../send-error.ts";
import type { ShownMessage } from "./harness.ts";
import type { Case } from "./runner.ts";
import { settled, type World } from "./world.ts";

type FileCase = Case<World>;

/** One pixel. */
const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const image = aFile("image.png", "image/png", new Uint8Array(pixel));
const page = aFile("report.html", "text/html", new TextEncoder().encode("<b>\u{1f99e}</b>"));
const table = aFile("table.csv", "text/csv", new TextEncoder().encode("a,b\n1,2\n"));

export const fileCases: readonly FileCase[] = [
  {
    id: "file-send",
    promise: "a file is shown once with its text, and its bytes are the file's",
    async run(world) {
      for (const file of [image, page]) {
        await world.beside(async (other) => {
          const { connection } = await other.connected();
          const text = "Here it <is> & \u{1f99e}";
          const { messageId } = await settled(other, connection.send(message(other, text, file)));
          assert.ok(typeof messageId === "string" && messageId !== "");
          await shows(other, text, [file]);
        });
      }
    },
  },
  {
    id: "file-several",
    promise: "several files are shown once each, in their order, with or without a text",
    async run(world) {
      const several = [image, { ...image, name: "again.png" }, table, page];
      for (const text of ["Four of them", ""]) {
        await world.beside(async (other) => {
          const { connection } = await other.connected();
          await settled(other, connection.send(message(other, text, ...several)));
          await shows(other, text, several);
        });
      }
    },
  },
  {
    id: "file-long-text",
    promise: "a text as long as a message may have arrives whole also beside a file",
    async run(world) {
      const { connection } = await world.connected();
      const text = "A sentence with words. \u{1f99e} ".repeat(world.provider.capabilities.maxTextLength);
      const longest = `${text.slice(0, world.provider.capabilities.maxTextLength - 2)}x.`;
      await settled(
        world,
        connection.send(message(world, longest.replaceAll(/\p{Surrogate}/gu, "x"), table)),
      );
      await shows(world, longest.replaceAll(/\p{Surrogate}/gu, "x"), [table]);
    },
  },
  {
    id: "file-too-large",
    promise:
      "a message with a file that is too large, empty or one too many is refused, and none of it is sent",
    async run(world) {
      const { connection } = await world.connected();
      const { maxBytes } = world.provider.capabilities.files;
      const large = aFile("large.bin", "application/octet-stream", new Uint8Array(maxBytes + 1));
      const empty = aFile("empty.bin", "application/octet-stream", new Uint8Array());
      for (const files of [[table, large], [table, empty], Array.from({ length: 11 }, () => table)]) {
        const error = await settled(world, world.failure(connection.send(message(world, "all", ...files))));
        assertOutcome(error, ["rejected"]);
        assert.match(error.code, /^CLAWD_FILE_[A-Z_]+$/);
      }
      await world.settle();
      assert.equal(world.harness.attempts(), 0);
      assert.deepEqual(world.harness.shown(), []);
    },
  },
  {
    id: "file-unreadable",
    promise: 'a file that cannot be read fails the message with "not-sent", and none of it is sent',
    async run(world) {
      const { connection } = await world.connected();
      const broken = { ...table, bytes: () => Promise.reject(new Error("no such file: a private name")) };
      const error = await settled(
        world,
        world.failure(connection.send(message(world, "both", table, broken))),
      );
      assertOutcome(error, ["not-sent"]);
      await world.settle();
      assert.equal(world.harness.attempts(), 0);
      assert.ok(!world.everythingSaid().includes("a private name"), "what the disk said is not repeated");
    },
  },
  {
    id: "file-refused",
    promise: 'files refused for good fail with outcome "rejected"; the network is not asked for ever',
    async run(world) {
      const { connection } = await world.connected();
      await world.disturb({ kind: "refuse-message" });
      const error = await settled(world, world.failure(connection.send(message(world, "no", table))));
      assertOutcome(error, ["rejected"]);
      assert.deepEqual(world.harness.shown(), []);
    },
  },
  {
    id: "file-pace",
    promise: "files keep the network's limits, told and untold, as messages do",
    async run(world) {
      const { limit } = world.harness;
      assert.ok(limit, "The harness names no limit: declare a skip of this test, with the reason.");
      const { connection } = await world.connected();
      const start = world.clock.now();
      const all = Array.from({ length: limit.burst + 1 }, () => connection.send(message(world, "", table)));
      await world.until("the last is sent", () => world.harness.attempts() > limit.burst);
      assert.ok(world.clock.now() - start >= 1000 / limit.perSecond - 1, "the last waits for its turn");
      await Promise.all(all);
      await world.disturb({ kind: "ask-to-wait", milliseconds: 3000 });
      const asked = world.clock.now();
      const outcome = connection.send(message(world, "", table)).then(
        () => null,
        (error: unknown) => error,
      );
      const error = await settled(world, outcome);
      if (error === null) assert.ok(world.clock.now() - asked >= 3000 - 1, "it waits as it was asked to");
      else assertOutcome(error, ["not-sent"]);
    },
  },
  {
    id: "file-lost-answer",
    promise: "a file whose answer was lost is not shown twice, whatever is done after a restart",
    async run(world) {
      const first = await world.connected();
      const sent = message(world, "once", table);
      const attempt = first.connection.attempt?.(sent) ?? "";
      await world.disturb({ kind: "lose-answer" });
      const outcome = first.connection.send(sent).catch((error: unknown) => error);
      const error = await settled(world, outcome);
      if (error instanceof Error) assertOutcome(error, ["unknown"]);
      await first.connection.stop();
      const second = await world.connected();
      if (world.provider.capabilities.idempotentSend) {
        await settled(world, second.connection.send(sent));
      } else if (second.connection.confirm) {
        const answer = await settled(world, second.connection.confirm(sent, attempt));
        assert.notEqual(answer, "not-sent", "what has arrived is not said to be missing");
      }
      await shows(world, "once", [table]);
    },
  },
  {
    id: "file-withdrawn",
    promise: "a message with files that was withdrawn is not sent",
    async run(world) {
      const { connection } = await world.connected();
      const sending = connection.send(message(world, "no", table), AbortSignal.abort());
      assertOutcome(await settled(world, world.failure(sending)), ["not-sent"]);
      assert.equal(world.harness.attempts(), 0);
    },
  },
];

function aFile(name: string, mimeType: string, bytes: Uint8Array): OutboundFile & { content: Uint8Array } {
  return { name, mimeType, bytes: async () => bytes, content: bytes };
}

function message(world: World, text: string, ...files: readonly OutboundFile[]): OutboundMessage {
  return world.message({ text, files });
}

/** People see this text and these files, each once and in this order, in however many messages. */
async function shows(
  world: World,
  text: string,
  files: readonly { readonly content: Uint8Array }[],
): Promise<void> {
  const seen = (messages: readonly ShownMessage[]) => messages.flatMap((one) => one.files ?? []);
  const words = (messages: readonly ShownMessage[]) => messages.map((one) => one.text).join("");
  const shown = () => world.harness.shown();
  await world.until(
    "the files and the whole text are shown",
    () => seen(shown()).length >= files.length && words(shown()).length >= text.length,
  );
  await world.settle();
  assert.ok(words(shown()) === text, "the text is shown once, as it is");
  assert.deepEqual(
    seen(shown()).map((bytes) => new Uint8Array(bytes)),
    files.map(({ content }) => content),
    "the files are shown once, in their order, with their bytes",
  );
  assert.ok(shown().every(({ chat }) => chat === world.harness.dm.id));
}

function assertOutcome(error: unknown, outcomes: readonly SendOutcome[]): asserts error is SendError {
  assert.ok(error instanceof SendError, `It fails with a SendError, not with ${String(error)}.`);
  assert.ok(
    outcomes.includes(error.outcome),
    `The outcome is ${outcomes.join(" or ")}, not ${error.outcome}.`,
  );
  assert.ok(error.hint.length > 0, "It says what to do.");
}
