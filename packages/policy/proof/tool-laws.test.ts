/** INVARIANT: every law of calls holds for every record of facts. A proof by exhaustion, not a sample. */
import { expect, test } from "vitest";
import { toolCore } from "../src/tool-core.ts";
import { tool } from "../src/tool-outcome.ts";
import { toolProof } from "./cores.ts";
import { answersIn } from "./exhaust.ts";
import { prove } from "./prove.ts";

test("every law of calls holds on the whole domain, and every answer is given", { timeout: 120_000 }, () => {
  expect(prove(toolProof, toolCore)).toEqual(new Set(answersIn(tool)));
});
