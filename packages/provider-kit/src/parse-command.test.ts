import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCommand } from "./parse-command.ts";

/** Any UTF-16 code unit, lone surrogates included. */
const anyUnit = fc.nat(0xffff).map((unit) => String.fromCharCode(unit));

const parse = (text: string) => parseCommand(text, ["@ClawdBot"]);

describe("parseCommand", () => {
  test.each([
    ["/status", "status", ""],
    ["/Status", "status", ""],
    ["  /status  ", "status", ""],
    ["/think high", "think", "high"],
    ["/think: high", "think", "high"],
    ["/think:high", "think", "high"],
    ["/think\nhigh\nlow", "think", "high\nlow"],
    ["/status@clawdbot", "status", ""],
    ["/status@CLAWDBOT: now ", "status", "now"],
    ["/config set A.b  C ", "config", "set A.b  C"],
  ])("reads %j", (text, name, args) => {
    expect(parse(text)).toEqual({ name, args });
  });

  test.each([
    "",
    "/",
    "//status",
    "/ status",
    "status",
    "say /status",
    "/1",
    "/usr/bin/env",
    "/status@otherbot",
    "/status@clawdbotx",
    "/status@",
    "/status@clawdbot@otherbot",
    "／status",
    "⁄status",
    "\\status",
    "/ｓtatus",
    "/ſtatus",
    "/status!",
    `/${"a".repeat(65)}`,
  ])("takes %j for text", (text) => {
    expect(parse(text)).toBeNull();
  });

  test("knows no bot when it is told none", () => {
    expect(parseCommand("/status@clawdbot", [])).toBeNull();
    expect(parseCommand("/status", [])).toEqual({ name: "status", args: "" });
  });

  // Security case T-C3.
  test("INVARIANT: an invisible character anywhere in the head makes no command, or the plain one", () => {
    const invisible = fc.constantFrom(
      ...Array.from("\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2066\u2069\ufeff\u00ad\u034f"),
    );
    fc.assert(
      fc.property(invisible, fc.nat(7), (character, at) => {
        const plain = "/config set x";
        const result = parse(plain.slice(0, at) + character + plain.slice(at));
        if (result !== null) expect(result).toEqual(parse(plain));
      }),
    );
  });

  test("finds a command behind the direction mark that a right-to-left keyboard sets", () => {
    expect(parse("\u200f/status")).toEqual({ name: "status", args: "" });
  });

  test("is total, and its names are plain lower-case ASCII", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyUnit }), (text) => {
        const result = parse(`/${text}`);
        if (result !== null) expect(result.name).toMatch(/^[a-z][a-z0-9_-]{0,63}$/);
      }),
    );
  });
});
