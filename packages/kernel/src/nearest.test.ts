import { expect, test } from "vitest";
import { nearestName } from "./nearest.ts";

const keys = ["dmPolicy", "allowFrom", "groupPolicy", "groups"];

test.each([
  ["dmpolicy", "dmPolicy"],
  ["allowForm", "allowFrom"],
  ["groupPolciy", "groupPolicy"],
  ["group", "groups"],
])("takes %s for %s", (name, expected) => {
  expect(nearestName(name, keys)).toBe(expected);
});

test.each(["colour", "", "x", "a".repeat(5000)])("finds nothing near %j", (name) => {
  expect(nearestName(name, keys)).toBeUndefined();
});
