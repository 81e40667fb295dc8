/** A trace tells the facts as they are, also where they change no answer. */
import { expect, test } from "vitest";
import { compile } from "../src/index.ts";
import { faultOf, told } from "./told-facts.ts";

test.each(told)("$what is told as $check: $word", (each) => {
  expect(faultOf(compile, each)).toBeNull();
});
