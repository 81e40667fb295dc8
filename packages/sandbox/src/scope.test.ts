import fc from "fast-check";
import { expect, test } from "vitest";
import { containerNameOf, scopeKeyOf, slugOf, workspaceOf } from "./scope.ts";

test("the scope says who shares a container", () => {
  const one = ["agent:main:main", "agent:main:telegram:group:-1"].map((key) =>
    scopeKeyOf("agent", "main", key),
  );
  expect(new Set(one).size).toBe(1);
  expect(scopeKeyOf("session", "main", "agent:main:main")).toBe("agent:main:main");
  expect(scopeKeyOf("shared", "main", "agent:main:main")).toBe("shared");
});

test("a slug is readable, short, and of one key alone", () => {
  expect(slugOf("agent:main")).toMatch(/^agent-main-[0-9a-f]{8}$/);
  const keys = fc.string({ unit: "binary", maxLength: 200 });
  fc.assert(
    fc.property(keys, keys, (a, b) => {
      expect(slugOf(a)).toMatch(/^[a-z0-9._-]{0,32}-[0-9a-f]{8}$/);
      if (a !== b) expect(slugOf(a)).not.toBe(slugOf(b));
    }),
  );
});

test("the shared sandbox has a directory of its own, beside the others and not above them", () => {
  expect(workspaceOf("/state/sandboxes", "shared")).toBe("/state/sandboxes/shared");
  expect(workspaceOf("/state/sandboxes", "../../etc")).toMatch(/^\/state\/sandboxes\/[^/]+$/);
});

test("two gateways on one engine never name a container alike", () => {
  const name = (state: string) => containerNameOf("clawdbot-sbx-", `agent:${"x".repeat(100)}`, state);
  expect(name("/home/a/.clawdbot")).not.toBe(name("/home/b/.clawdbot"));
  expect(name("/home/a/.clawdbot").length).toBeLessThanOrEqual(63);
});
