/** INVARIANT: the key that took something away is the key that the refusal names. */
import { expect, test } from "vitest";
import { compile } from "../src/index.ts";
import { faultOf, restrictions } from "./named-keys.ts";

test.each(restrictions)("$key: $value refuses, and is named", (restriction) => {
  expect(faultOf(compile, restriction)).toBeNull();
});
