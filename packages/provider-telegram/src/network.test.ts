import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { network } from "./network.ts";

describe("a person's id", () => {
  test.each(["42", " 42 ", "telegram:42", "TG:42", "Telegram:42"])("%j is 42", (entry) => {
    expect(network.canonicalSender(entry)).toEqual({ ok: true, id: "42" });
  });

  test("may be written as a number in the config", () => {
    expect(network.canonicalSender(42 as unknown as string)).toEqual({ ok: true, id: "42" });
  });

  test("has at most 52 bits", () => {
    expect(network.canonicalSender(String(2 ** 52)).ok).toBe(true);
    expect(network.canonicalSender(String(2 ** 52 + 1)).ok).toBe(false);
  });

  test.each([
    "",
    " ",
    "*",
    "@alice",
    "alice",
    "telegram:@alice",
    "+42",
    "042",
    "00",
    "0",
    "-42",
    "-1001",
    "4 2",
    "42.0",
    "4e2",
    "0x2a",
    "٤٢",
    "\uff14\uff12",
    "42\u200b",
    "\u202e42",
    "42\ud800",
    "tg:telegram:42",
    "discord:42",
    "__proto__",
    "4".repeat(4096),
  ])("%j is refused with a remedy", (entry) => {
    const result = network.canonicalSender(entry);
    expect(result).toMatchObject({ ok: false });
    expect(result.ok ? "" : result.hint).not.toBe("");
  });

  test("a name is refused with the way to the id", () => {
    expect(network.canonicalSender("@alice")).toMatchObject({
      hint: expect.stringContaining("pairing list"),
    });
  });

  test.each([null, undefined, {}, [], ["42"], true, Number.NaN, -42, 4.2, 1e21, Number.POSITIVE_INFINITY])(
    "%j is refused, whatever its type",
    (entry) => {
      expect(network.canonicalSender(entry as unknown as string).ok).toBe(false);
    },
  );
});

describe("a group's id", () => {
  test.each(["-1001234567890", "-1234", "telegram:-1234"])("%j is one", (entry) => {
    expect(network.canonicalChat(entry)).toEqual({ ok: true, id: entry.replace("telegram:", "") });
  });

  test.each(["42", "@group", "-0", "-", "--1", "\u22121001", "- 1", "-01", "", "*"])(
    "%j is none",
    (entry) => {
      expect(network.canonicalChat(entry).ok).toBe(false);
    },
  );
});

test("no entry is both a person and a group", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.integer().map(String), fc.maxSafeInteger().map(String)), (entry) => {
      expect(network.canonicalSender(entry).ok && network.canonicalChat(entry).ok).toBe(false);
    }),
  );
});

test("two entries give one id only when they name one number", () => {
  const spelling = fc.tuple(
    fc.constantFrom("", "tg:", "Telegram:", " "),
    fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  );
  fc.assert(
    fc.property(spelling, spelling, ([wrapA, a], [wrapB, b]) => {
      const left = network.canonicalSender(`${wrapA}${a}`);
      const right = network.canonicalSender(`${wrapB}${b}`);
      expect(left.ok && right.ok && left.id === right.id).toBe(a === b);
    }),
  );
});

test("a canonical id is its own canonical form", () => {
  for (const id of network.sharedSenders) expect(network.canonicalSender(id)).toEqual({ ok: true, id });
});
