/** INVARIANT: an answer depends on its question alone: one that is remembered is given to the same question only. */
import { expect, test } from "vitest";
import { compile } from "../src/index.ts";
import { questions, rememberedWrongly } from "./after-others.ts";

test("no answer depends on what was asked before", () => {
  expect(rememberedWrongly(compile, 3)).toEqual([]);
  expect(questions.length).toBeGreaterThan(900);
});
