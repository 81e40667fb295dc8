/** INVARIANT: every law of calls holds for every record of facts. A proof by exhaustion, not a sample. */
import { expect, test } from "vitest";
import { toolCore } from "../src/tool-core.ts";
import { toolDomain } from "../src/tool-facts.ts";
import { tool } from "../src/tool-outcome.ts";
import { sizeOf } from "./domain.ts";
import { exhaust, strayWords } from "./exhaust.ts";
import { confinementSteps, isNoWider, toolLaws } from "./tool-laws.ts";

test("every law holds on the whole domain, and every answer is given", { timeout: 120_000 }, () => {
  const { broken, outcomes, visited } = exhaust(toolDomain, toolLaws, toolCore);
  expect(broken).toEqual({});
  expect(visited).toBe(sizeOf(toolDomain));
  const { placeWithheld, ...rest } = tool;
  expect(outcomes).toEqual(new Set([...Object.values(rest), ...Object.values(placeWithheld)]));
});

test(
  "unknown-enum-denies: a word from outside is never better than the worst inside",
  { timeout: 60_000 },
  () => {
    const strays = strayWords(
      toolDomain,
      toolCore,
      ({ effect }) => effect === "allow",
      (stray, known, field) =>
        isNoWider(stray, known) || (field in confinementSteps && stray.place === "sandbox"),
    );
    expect(strays).toEqual([]);
  },
);
