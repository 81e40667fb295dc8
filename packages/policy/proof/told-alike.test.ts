/** INVARIANT: whoever would not be admitted gets the same denial for a call as for a message. */
import { expect, test } from "vitest";
import { compile } from "../src/index.ts";
import { toldApart } from "./told-alike.ts";

test("whoever is turned away is told the same of a call as of a message", () => {
  const { refused, apart } = toldApart(compile);
  expect(apart).toEqual([]);
  expect(refused).toBeGreaterThan(20);
});
