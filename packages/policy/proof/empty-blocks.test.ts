/** Blocks of a profile that set nothing: engine and reference read them as left out, so they give nobody more than `friend` has. */
import { expect, test } from "vitest";
import { compile } from "../src/index.ts";
import { examine, pose } from "./compare.ts";
import { networks } from "./networks.ts";
import { absent, product, written } from "./product.ts";
import type { Case } from "./scope.ts";

const origins = ["alice", "carol"].map((id) => ({
  provider: "circle",
  chat: { kind: "dm", id },
  sender: { id },
}));

const cases: readonly Case[] = origins.flatMap((origin) => [
  ...["read", "write", "image"].map((tool): Case => ({
    request: { action: "tool", ...origin, agent: "main", tool } as Case["request"],
    state: {},
  })),
  ...[true, false].map((isWithinBudget): Case => ({
    request: { action: "message", ...origin, mentioned: true } as Case["request"],
    state: { isWithinBudget },
  })),
]);

const tools = [absent, {}, { allow: ["read"] }, { deny: ["read"] }, { allow: [] }];
const budgets = [absent, {}, { turnsPerDay: 1 }, { tokensPerDay: 9 }];
const profilesOf = product({ tools, budget: budgets });
const configOf = (friend: object, kids: object) => ({
  circle: { dmPolicy: "allowlist", allowFrom: ["alice", "carol"] },
  access: { profiles: { friend, kids: { ...kids, members: ["circle:alice"] } } },
});
const configs = product({ friend: profilesOf, kids: profilesOf }).map(({ friend, kids }) =>
  configOf(written(friend), written(kids)),
);

test("the engine agrees with the reference", () => {
  const { decisions, refused, disagreements } = examine(pose(configs, cases), cases, compile);
  expect(disagreements).toEqual([]);
  expect(refused).toBe(0);
  expect(decisions).toBe(configs.length * cases.length);
});

test("and such a block decides what the profile without it does", () => {
  for (const friend of profilesOf)
    for (const { tools: own, budget } of profilesOf) {
      const emptied = configOf(written(friend), written({ tools: own ?? {}, budget: budget ?? {} }));
      const [without, with_] = [configOf(written(friend), written({ tools: own, budget })), emptied].map(
        (config) => {
          const compiled = compile(config, { networks });
          if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
          return cases.map(({ request, state }) => {
            const { effect, code, obligations } = compiled.policy.decide(request, state);
            return { effect, code, obligations };
          });
        },
      );
      expect(with_).toEqual(without);
    }
});
