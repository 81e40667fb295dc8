import fc from "fast-check";
import { expect, test } from "vitest";
import { aDm, aPolicy, flat } from "../test/builders.ts";
import { readRequest } from "./read-request.ts";

test("any value gets a decision, and one that grants nothing", () => {
  const policy = aPolicy({ flat: { dmPolicy: "open", allowFrom: ["*"] } });
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (value) => {
      expect(policy.decide(value)).toMatchObject({ effect: "deny", code: "bad-request" });
    }),
  );
});

test("a proxy that throws at every touch is no request", () => {
  const hostile = new Proxy(
    {},
    {
      get: () => {
        throw new Error("get");
      },
      ownKeys: () => {
        throw new Error("ownKeys");
      },
    },
  );
  expect(readRequest(hostile)).toBeNull();
  expect(readRequest({ ...aDm(flat, "1"), sender: hostile })).toBeNull();
});

test("what was checked is what is used: a field is read once", () => {
  const sender = { reads: 0 };
  Object.defineProperty(sender, "reads", { enumerable: false });
  Object.defineProperty(sender, "id", { enumerable: true, get: () => (sender.reads++ === 0 ? "1" : "2") });
  expect(readRequest({ ...aDm(flat, "1"), sender })).toMatchObject({ senderId: "1" });
  expect(sender.reads).toBe(1);
});

test("a polluted prototype adds no fact", () => {
  const policy = aPolicy({ flat: { groups: { "*": {} } } });
  const request = { ...aDm(flat, "1"), chat: { kind: "group", id: "77" } };
  const polluted = { value: true, enumerable: true, configurable: true, writable: true };
  Object.defineProperty(Object.prototype, "mentioned", polluted);
  const decision = policy.decide(request);
  delete (Object.prototype as { mentioned?: unknown }).mentioned;
  expect(decision).toMatchObject({ effect: "deny", code: "bad-request" });
});

test("absent facts take their stricter reading", () => {
  const { provider, action, chat } = aDm(flat, "1");
  expect(readRequest({ provider, action, chat })).toEqual({
    action: "message",
    provider: "flat",
    account: "default",
    kind: "dm",
    chatId: "1",
    parent: null,
    thread: null,
    guild: null,
    team: null,
    senderId: null,
    isBot: true,
    isSelf: false,
    event: "message",
    isMentioned: false,
    isMentionDetectable: false,
    mentionsOthers: true,
    command: null,
  });
});
