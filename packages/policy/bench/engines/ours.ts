/** `@clawd/policy`, bundled as it is published: the whole decision, with its rules, obligations and trace. */
import type { compile as compileSource } from "../../src/compile.ts";
import type { Decision } from "../../src/decision.ts";
import { networks, tools } from "../workload.ts";
import type { Load } from "./engine.ts";

/** Kept, so that no decision can be optimised away. */
export let last: Decision | null = null;

export const load: Load = async () => {
  const { compile } = (await import(process.env["POLICY_BUNDLE"]!)) as { compile: typeof compileSource };
  return ({ config }) => {
    const compiled = compile(config, { networks, tools });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues, null, 2));
    const { policy } = compiled;
    return (question) => {
      last = policy.decide(question);
      return last.effect === "allow";
    };
  };
};
