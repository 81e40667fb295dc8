/** INVARIANT: two questions that differ in a field which is felt are never given one answer. */
import { expect, test } from "vitest";
import { compile } from "../src/index.ts";
import { firstMixedUp } from "./one-field-apart.ts";

test("a question that differs in one field from the one before gets its own answer", () => {
  expect(firstMixedUp(compile)).toBeNull();
});
