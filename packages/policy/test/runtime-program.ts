/** What is run everywhere: the engine, its explanations and its AuthZEN answers, on requests that are given as JSON. */
import { explain } from "../src/analysis/index.ts";
import { evaluation, fromAuthZen, toAuthZen } from "../src/authzen.ts";
import type { Request } from "../src/index.ts";
import { aPolicy } from "./builders.ts";

/** One line for each request. Explanations are for the first hundred. */
export function answersTo(config: unknown, requests: readonly Request[]): string {
  const policy = aPolicy(config);
  const lines = requests.map((request, at) => {
    const state = at % 3 === 0 ? { isPaired: true, isWithinBudget: true, isSpawned: true } : {};
    const decision = policy.decide(fromAuthZen(toAuthZen(request)), state);
    const why = at < 100 ? explain(policy, request, state).lines : [];
    return JSON.stringify([decision, evaluation(decision).decision, why]);
  });
  return lines.join("\n");
}
