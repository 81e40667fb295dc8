import { expect, test } from "vitest";
import { commandRights, findCommand } from "./command-rights.ts";

test("every command declares a right, and runs under a name that declares the same", () => {
  for (const [, { name, right }] of Object.entries(commandRights)) {
    expect(["listed", "owner"]).toContain(right);
    expect(commandRights[name]).toMatchObject({ name, right });
  }
});

test("what shows reasoning or changes the gateway is for owners", () => {
  for (const name of [
    "verbose",
    "v",
    "reasoning",
    "reason",
    "elevated",
    "elev",
    "config",
    "debug",
    "activation",
    "restart",
  ]) {
    expect(findCommand(name)?.right).toBe("owner");
  }
});

test.each(["/Config", "  /Config", "/\u200Bconfig", "CONFIG", "ｃｏｎｆｉｇ", "con\u202Efig"])(
  "%j is config",
  (name) => {
    expect(findCommand(name)?.name).toBe("config");
  },
);

test.each([
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "",
  " ",
  "configs",
  "x".repeat(4096),
  "\uD800",
])("%j is no command", (name) => {
  expect(findCommand(name)).toBeNull();
});
