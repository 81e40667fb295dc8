import type { Decision, Obligation } from "@clawd/policy";
import { expect, test } from "vitest";
import { obey } from "./obey.ts";

function aDecision(...obligations: readonly object[]): Decision {
  const rules = [{ path: "built-in.test" }];
  const rest = { agent: "main", session: null, rules, trace: [], policy: "sha256:0" };
  return { effect: "allow", code: "allowed", obligations: obligations as readonly Obligation[], ...rest };
}

const runIn = (place: string) => ({ kind: "run-in", place, workspaceAccess: "none", scope: "agent" });

function noting() {
  const done: string[] = [];
  const acts = {
    "start-turn": () => done.push("turn"),
    "run-in": { gateway: () => done.push("gateway") },
  };
  return { done, acts };
}

test("everything that is asked for is done", async () => {
  const { done, acts } = noting();
  const turn = { kind: "start-turn", authority: "owner" };
  expect(await obey(aDecision(turn, { kind: "stay-silent" }, runIn("gateway")), acts)).toBe(true);
  expect(done).toEqual(["turn", "gateway"]);
});

test("an obligation that the bot does not know keeps it from all the others", async () => {
  const { done, acts } = noting();
  const turn = { kind: "start-turn", authority: "owner" };
  for (const unknown of ["await-approval", "sing", "constructor", "__proto__"])
    expect(await obey(aDecision(turn, runIn("gateway"), { kind: unknown }), acts)).toBe(false);
  expect(done).toEqual([]);
});

test("what has to run in a place that the bot does not have runs nowhere", async () => {
  const { done, acts } = noting();
  for (const place of ["sandbox", "host", "moon", "constructor"])
    expect(await obey(aDecision(runIn(place)), acts)).toBe(false);
  expect(await obey(aDecision(runIn("gateway")), {})).toBe(false);
  expect(done).toEqual([]);
});

test("nothing runs before the approval, and nothing without it", async () => {
  const { done, acts } = noting();
  const asked = aDecision(runIn("gateway"), { kind: "await-approval" });
  const ask = (answer: boolean) => async () => (done.push("asked"), answer);
  expect(await obey(asked, { ...acts, "await-approval": ask(false) })).toBe(false);
  expect(done).toEqual(["asked"]);
  expect(await obey(asked, { ...acts, "await-approval": ask(true) })).toBe(true);
  expect(done).toEqual(["asked", "asked", "gateway"]);
});

test("a denial is none the less obeyed, and said to be one", async () => {
  const { done, acts } = noting();
  expect(await obey({ ...aDecision({ kind: "stay-silent" }), effect: "deny" }, acts)).toBe(false);
  expect(done).toEqual([]);
});
