import { expect, test } from "vitest";
import { ClawdError, isClawdError, messageOf } from "./error.ts";

test("carries a code and a hint", () => {
  const error = new ClawdError("CLAWD_EXAMPLE", "It failed.", { hint: "Try again." });
  expect(error).toMatchObject({ code: "CLAWD_EXAMPLE", hint: "Try again.", message: "It failed." });
});

test("is recognised across duplicate installs of the package", () => {
  const stranger = { [Symbol.for("clawd.error")]: true };
  expect(isClawdError(stranger)).toBe(true);
});

test.each([null, undefined, "CLAWD_X", {}, new Error("no")])("does not take %s for one", (value) => {
  expect(isClawdError(value)).toBe(false);
});

test("keeps the cause, and has none when none was given", () => {
  const cause = new Error("below");
  expect(new ClawdError("CLAWD_X", "m", { hint: "h", cause }).cause).toBe(cause);
  expect("cause" in new ClawdError("CLAWD_X", "m", { hint: "h" })).toBe(false);
});

test("has a message for anything that can be thrown", () => {
  expect([new Error("a"), "b", 3, null].map(messageOf)).toEqual(["a", "b", "3", "null"]);
});
