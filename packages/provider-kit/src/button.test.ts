import { describe, expect, test } from "vitest";
import { buttonLimits, checkButtons, fitsButton, writtenOut } from "./button.ts";

const accept = { label: "Accept", command: "/approve 1f2e3d4c" };

describe("a button fits", () => {
  test.each([
    accept,
    { label: "x".repeat(buttonLimits.label), command: `/${"x".repeat(buttonLimits.command - 1)}` },
    { label: "\u{1f99e}", command: `/a ${"é".repeat(30)}` },
  ])("%j", (button) => expect(fitsButton(button)).toBe(true));
});

describe("a button does not fit", () => {
  test.each([
    { ...accept, label: "" },
    { ...accept, label: " " },
    { ...accept, label: " Accept" },
    { ...accept, label: "x".repeat(buttonLimits.label + 1) },
    { ...accept, label: "Acc\u202eept" },
    { ...accept, label: "Accept\nDeny" },
    { ...accept, command: "" },
    { ...accept, command: "approve 1f2e3d4c" },
    { ...accept, command: "/approve 1f2e3d4c\n" },
    { ...accept, command: "/approve \ud800" },
    { ...accept, command: "/approve@otherbot 1f2e3d4c" },
    { ...accept, command: `/approve ${"x".repeat(buttonLimits.command)}` },
    // Fewer characters than bytes.
    { ...accept, command: `/a ${"é".repeat(31)}` },
  ])("%j", (button) => {
    expect(fitsButton(button)).toBe(false);
    expect(() => checkButtons([button])).toThrow(
      expect.objectContaining({ code: "CLAWD_BUTTON", outcome: "rejected" }),
    );
  });

  test("beside too many others", () => {
    expect(() => checkButtons(Array.from({ length: buttonLimits.count }, () => accept))).not.toThrow();
    expect(() => checkButtons(Array.from({ length: buttonLimits.count + 1 }, () => accept))).toThrow();
    expect(() => checkButtons()).not.toThrow();
  });
});

test("what is written out can be written by hand", () => {
  expect(writtenOut([accept, { label: "Dismiss", command: "/deny 1f2e3d4c" }])).toBe(
    "Accept: /approve 1f2e3d4c\nDismiss: /deny 1f2e3d4c",
  );
});
