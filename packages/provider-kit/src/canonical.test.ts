import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { digits, exactly, idReader, jid, phoneNumber, signedDigits, snowflake, uuid } from "./canonical.ts";

describe("phoneNumber", () => {
  test.each([
    ["+15551234567", "+15551234567"],
    ["+1 (555) 123-4567", "+15551234567"],
    ["+44 20 7946.0958", "+442079460958"],
  ])("reads %j", (text, number) => {
    expect(phoneNumber(text)).toBe(number);
  });

  // Security case T-A4.
  test.each([
    "",
    " ",
    "+",
    "anonymous",
    "5551234567",
    "15551234567",
    "0015551234567",
    "+0555123456",
    "+12345",
    "+1234567890123456",
    "9915551234567",
    "+15551234567@evil",
    "+1 555 123 4567;ext=1",
    "＋１５５５１２３４５６７",
    "+1555１234567",
    "+1555\u200b1234567",
    "++15551234567",
    "+1555+1234567",
    "-+15551234567",
    "(+15551234567",
  ])("refuses %j", (text) => {
    expect(phoneNumber(text)).toBeNull();
  });
});

describe("numbers, snowflakes and uuids", () => {
  test.each(["", "0", "01", "-1", "1.0", "1e3", "٣", "１", "12 3", "9".repeat(20)])(
    "digits refuses %j",
    (text) => {
      expect(digits(text)).toBeNull();
    },
  );

  test("signedDigits reads groups and people", () => {
    expect([signedDigits("-1001234"), signedDigits("42"), signedDigits("-0"), signedDigits("--1")]).toEqual([
      "-1001234",
      "42",
      null,
      null,
    ]);
  });

  test("a snowflake has 64 bits", () => {
    expect(snowflake("18446744073709551615")).toBe("18446744073709551615");
    expect(snowflake("18446744073709551616")).toBeNull();
  });

  test("a uuid is lower-case with hyphens", () => {
    const canonical = "a1b2c3d4-e5f6-4a5b-8c9d-0123456789ab";
    expect(uuid(canonical.toUpperCase())).toBe(canonical);
    expect(uuid(canonical.replaceAll("-", ""))).toBe(canonical);
    expect(uuid("a1b2c3d4-e5f64a5b8c9d0123456789ab")).toBeNull();
    expect(uuid(`{${canonical}}`)).toBeNull();
  });
});

describe("jid", () => {
  const read = jid(/^[1-9][0-9]{6,14}$/, ["s.whatsapp.net"], (user) => `+${user}`);

  test("drops the device, since the devices of an account are one account", () => {
    expect(read("15551234567:12@s.whatsapp.net")).toBe("+15551234567");
    expect(read("15551234567@s.whatsapp.net")).toBe("+15551234567");
  });

  test.each([
    "15551234567",
    "15551234567@lid",
    "15551234567@s.whatsapp.net.evil",
    "15551234567@S.WHATSAPP.NET",
    "x@15551234567@s.whatsapp.net",
    ":12@s.whatsapp.net",
    "@s.whatsapp.net",
  ])("refuses %j", (text) => {
    expect(read(text)).toBeNull();
  });
});

describe("idReader", () => {
  const read = idReader({
    label: "test id",
    hint: "Look it up.",
    prefixes: ["test:", "t:"],
    forms: [digits],
  });

  test.each(["42", " 42\t", "test:42", "T:42"])("reads %j as 42", (entry) => {
    expect(read(entry)).toEqual({ ok: true, id: "42" });
  });

  test.each([
    "",
    "test:",
    "test:test:42",
    "test: 42",
    "\n42",
    "\u00a042",
    "\u202e42",
    "__proto__",
    "*",
    "@alice",
  ])("refuses %j and says how to find the id, without repeating the entry", (entry) => {
    expect(read(entry)).toEqual({ ok: false, message: "This is not a test id.", hint: "Look it up." });
  });

  test("answers a common mistake with what it is", () => {
    const strict = idReader({
      label: "id",
      hint: "Look it up.",
      prefixes: ["test:"],
      forms: [digits],
      mistakes: [
        { pattern: /^@/, message: "This is a name." },
        { pattern: /^g/, message: "This is a group.", hint: "Move it." },
      ],
    });
    expect(strict("test:@alice")).toEqual({ ok: false, message: "This is a name.", hint: "Look it up." });
    expect(strict("g7")).toEqual({ ok: false, message: "This is a group.", hint: "Move it." });
    expect(strict("x")).toEqual({ ok: false, message: "This is not an id.", hint: "Look it up." });
  });

  test("is total over anything a caller passes", () => {
    fc.assert(
      fc.property(fc.anything(), (entry) => {
        expect(typeof read(entry as string).ok).toBe("boolean");
      }),
    );
    const endless = idReader({ label: "id", hint: "None.", prefixes: [], forms: [exactly(/^x+$/)] });
    expect([endless("x".repeat(256)).ok, endless("x".repeat(257)).ok]).toEqual([true, false]);
  });
});
