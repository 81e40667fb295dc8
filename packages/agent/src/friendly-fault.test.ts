import { ClawdError } from "@clawd/kernel";
import { expect, test } from "vitest";
import { friendlyFault } from "./friendly-fault.ts";
import { ModelFault } from "./model-fault.ts";

const inside = "ECONNREFUSED 10.0.0.7 /home/peter sk-canary";

test.each([
  [new ModelFault("busy", inside), /overloaded or out of reach/],
  [new ModelFault("auth", inside), /key is missing or was refused/],
  [new ModelFault("request", inside), /\/new/],
  [new ClawdError("CLAWD_OTHER", inside, { hint: inside }), /in the log/],
  [new ClawdError("CLAWD_constructor", inside, { hint: inside }), /in the log/],
  [new Error(inside), /in the log/],
  [inside, /in the log/],
  [undefined, /in the log/],
  [null, /in the log/],
])("tells a person what they can do and nothing of the inside", (fault, text) => {
  expect(friendlyFault(fault)).toMatch(text);
  expect(friendlyFault(fault)).not.toMatch(/ECONN|10\.0|home|canary/);
});
