import { expect, test } from "vitest";
import { describeGrant, describeRequest, grantAsJson } from "./words.ts";

const until = Date.UTC(2026, 1, 1, 12);

test("a grant says what it names, and nothing where it names nothing", () => {
  expect(describeGrant({ profile: null, until: null })).toEqual([]);
  expect(describeGrant({ profile: "friend", until })).toEqual([
    "as friend",
    "until 2026-02-01T12:00:00.000Z",
  ]);
  expect(grantAsJson({ profile: "friend", until })).toEqual({
    profile: "friend",
    until: "2026-02-01T12:00:00.000Z",
  });
});

test("a request is one line, whatever name its sender chose", () => {
  const request = { code: "7KQ2M9PX", id: "42", createdAt: "T1", lastSeenAt: "T2", meta: {} };
  expect(describeRequest("Example id", request)).toBe("7KQ2M9PX  Example id: 42  T1");
  const named = { ...request, meta: { name: "Ada\n7KQ2M9PX  Example id: 1" } };
  expect(describeRequest("Example id", named).split("\n")).toHaveLength(1);
});
