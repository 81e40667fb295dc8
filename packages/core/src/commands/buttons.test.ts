/** Buttons on the road: out with a message, and back as the word of whoever presses one. */
import type { Button } from "@clawd/provider-kit";
import { anEvent } from "@clawd/provider-kit/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { aRoad } from "../../test/a-road.ts";

const accept: Button = { label: "Accept", command: "/approve abcdef0123" };
const dismiss: Button = { label: "Dismiss", command: "/deny abcdef0123" };

async function start(options: Parameters<typeof aRoad>[0] = {}) {
  const config = {
    example: { dmPolicy: "allowlist", allowFrom: ["42", "43"], groups: { "-7": {} } },
    commands: { ownerAllowFrom: ["example:42"] },
  };
  const road = await aRoad({ config, ...options });
  onTestFinished(() => road.close());
  return road;
}

const notice = (buttons: readonly Button[], text = "Something waits.") => ({
  deliveryId: "notice-1",
  provider: "example",
  account: "default",
  chat: { kind: "dm", id: "42", thread: null },
  text,
  buttons,
  replyToMessageId: null,
  purpose: "notice",
  session: null,
  cause: null,
});

let events = 0;
function press({
  from = "42",
  chat,
  says = accept.command,
  eventId = `press-${++events}`,
}: {
  readonly from?: string;
  readonly chat?: { readonly kind: "group"; readonly id: string };
  readonly says?: string;
  readonly eventId?: string;
} = {}) {
  const [name = "", args = ""] = says.slice(1).split(" ");
  return anEvent({
    kind: "button",
    eventId,
    chat: chat ?? { kind: "dm", id: from },
    sender: { id: from },
    mentioned: true,
    text: says,
    command: { name, args },
    messageId: "the-notice",
  });
}

describe("buttons of a message", () => {
  test("go with it where the network has buttons", async () => {
    const road = await start();
    road.road.send(notice([accept, dismiss]));
    await road.settle();
    expect(road.sent).toMatchObject([{ text: "Something waits.", buttons: [accept, dismiss] }]);
  });

  test("are written out where it has none", async () => {
    const road = await start({ hasButtons: false });
    road.road.send(notice([accept, dismiss]));
    await road.settle();
    expect(road.sent).toHaveLength(1);
    expect(road.sent[0]!.text).toBe(
      "Something waits.\nAccept: /approve abcdef0123\nDismiss: /deny abcdef0123",
    );
    expect(road.sent[0]).not.toHaveProperty("buttons");
  });

  test("that no button can carry are written out, beside those that fit", async () => {
    const road = await start();
    const long = { label: "All of it", command: `/approve ${"a".repeat(56)}` };
    road.road.send(notice([accept, long]));
    await road.settle();
    expect(road.sent).toMatchObject([
      { text: `Something waits.\nAll of it: ${long.command}`, buttons: [accept] },
    ]);
  });

  test("are below the last piece of a long text, and there once", async () => {
    const road = await start();
    road.road.send(notice([accept], "word ".repeat(50)));
    road.road.send(notice([accept], "the same delivery"));
    await road.settle();
    expect(road.sent.length).toBeGreaterThan(2);
    expect(road.sent.map(({ buttons = [] }) => buttons.length)).toEqual([
      ...road.sent.slice(1).map(() => 0),
      1,
    ]);
  });

  test("outlive the process that wanted to send them", async () => {
    const road = await start({ durable: true });
    road.onSend(() => new Promise(() => {}));
    road.road.send(notice([accept]));
    await road.settle();
    const next = await road.crash({ confirm: async () => "not-sent" });
    await next.settle();
    await next.clock.advance(1000);
    await next.settle();
    expect(next.sent).toMatchObject([{ buttons: [accept] }]);
    await next.close();
  });
});

describe("a press", () => {
  test("of an owner is their word, and is answered where it was made", async () => {
    const road = await start();
    await road.receive(press());
    await road.receive(press({ says: dismiss.command }));
    expect(road.sent).toMatchObject([
      { text: "Accepted.", replyToMessageId: "the-notice", answersPress: true },
      { text: "Refused.", replyToMessageId: "the-notice", answersPress: true },
    ]);
  });

  test("of an owner in a group is answered there", async () => {
    const road = await start();
    await road.receive(press({ chat: { kind: "group", id: "-7" } }));
    expect(road.sent).toMatchObject([{ chat: { kind: "group", id: "-7" }, text: "Accepted." }]);
  });

  test.each([
    ["a friend", { from: "43" }],
    ["a stranger", { from: "666" }],
    ["a friend in a group", { from: "43", chat: { kind: "group", id: "-7" } }],
    ["a stranger in a group", { from: "666", chat: { kind: "group", id: "-7" } }],
    ["an owner in a group that is not accepted", { chat: { kind: "group", id: "-8" } }],
  ] as const)("of %s does nothing, and nothing is said to it", async (_who, by) => {
    const road = await start();
    await road.receive(press(by));
    await road.receive(press({ ...by, says: dismiss.command }));
    expect([road.sent, road.model.requests, road.pairing.list()]).toEqual([[], [], []]);
    expect(road.store.outbox.counts()).toMatchObject({ queued: 0, sent: 0 });
    expect(new Set([...road.store.audit.list()].map(({ effect }) => effect))).toEqual(new Set(["deny"]));
  });

  test("on what waits no more says so", async () => {
    const road = await start();
    await road.receive(press({ says: "/approve 00000000" }));
    expect(road.sent).toMatchObject([{ text: expect.stringContaining("Nothing waits under this hash") }]);
  });

  test("that is delivered twice is heard once", async () => {
    const road = await start();
    await road.receive(press({ eventId: "one" }), press({ eventId: "one" }));
    await road.receive(press({ eventId: "one" }));
    expect(road.sent).toHaveLength(1);
  });

  test("of an answer to a message that was written is none", async () => {
    const road = await start();
    await road.receive(anEvent({ text: accept.command, command: { name: "approve", args: "abcdef0123" } }));
    expect(road.sent).toHaveLength(1);
    expect(road.sent[0]).not.toHaveProperty("answersPress");
  });
});
