import { expect, test } from "vitest";
import { compile } from "../src/compile.ts";
import type { AccountPlan, Plan, Profile, ToolEntry } from "../src/plan.ts";
import { planOf } from "../src/plan-of.ts";
import type { RunKind } from "../src/request.ts";
import { toolDomain } from "../src/tool-facts.ts";
import { keyOf } from "../src/tool-verdict.ts";
import type { Ground } from "../src/tool-view.ts";
import { networks } from "./networks.ts";

const config = {
  agents: { list: [{ id: "main", default: true }, { id: "second" }, { id: "third" }] },
  access: { profiles: { aunts: {}, friend: {}, staff: {}, zoo: {} } },
};

function aPlan(): Plan {
  const compiled = compile(config, { networks });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  return planOf(compiled.policy)!;
}

const runs: readonly RunKind[] = ["turn", "cron"];

/** Everything that the number counts, in all combinations. */
function* calls(plan: Plan): Generator<{ readonly ground: Ground; readonly tool: ToolEntry }> {
  const accounts = [...plan.networks.values()].map((each) => each.accounts.get("default")!);
  const profiles: readonly (Profile | null)[] = [null, ...plan.profiles.byName.values()];
  const scopes = ({ direct, groups }: AccountPlan) => [direct, groups.others];
  for (const agent of plan.agents.values())
    for (const tool of new Set(plan.tools.values()))
      for (const account of accounts)
        for (const profile of profiles)
          for (const standing of toolDomain.standing)
            for (const run of runs)
              for (const scope of scopes(account))
                yield {
                  ground: { plan, account, scope, senderId: "alice", standing, profile, agent, run },
                  tool,
                };
}

test("no two calls that may be answered differently share a number", () => {
  const keys = new Set<number>();
  let count = 0;
  for (const { ground, tool } of calls(aPlan())) {
    keys.add(keyOf(ground, tool, false)).add(keyOf(ground, tool, true));
    count += 2;
  }
  expect(count).toBeGreaterThan(10_000);
  expect(keys.size).toBe(count);
});
