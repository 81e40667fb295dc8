/** Explanations for people. */
import type { Decision, RuleReference, RunIn } from "../decision.ts";
import { meanings } from "./meanings.ts";
import type { Remedy } from "./remedy-search.ts";
import { someOf } from "./texts.ts";

/** The answer, the checks in their order, what would change it; for a call that is allowed, where it runs. */
export function linesOf(decision: Decision, remedies: readonly Remedy[]): readonly string[] {
  const verdict = { allow: "Allowed", deny: "Denied", challenge: "Challenged" }[decision.effect];
  const reasons = decision.rules.map(spot).join(" and ");
  const steps = decision.trace.map(
    ({ check, result, rule }) => `  ${check}: ${result}${rule ? `, by ${spot(rule)}` : ""}`,
  );
  const head = `${verdict} (${decision.code}): ${meanings[decision.code]} Decided by ${reasons}.`;
  const ways = remedies.map(({ changes }) => `  ${changes.map(({ text }) => text).join(", and ")}`);
  return [
    head,
    ...steps,
    ...(ways.length === 0 ? [] : ["Would be allowed if", ...someOf(ways)]),
    ...runText(decision),
  ];
}

function runText({ code, obligations }: Decision): readonly string[] {
  const runIn = obligations.find((obligation): obligation is RunIn => obligation.kind === "run-in");
  if (code !== "tool-allowed" || runIn === undefined) return [];
  const isAsked = obligations.some(({ kind }) => kind === "await-approval");
  return [`Runs ${placeText(runIn)}. ${isAsked ? "An owner is asked first." : "Nobody is asked first."}`];
}

function placeText({ place, workspaceAccess, scope }: RunIn): string {
  if (place === "host") return "on the host";
  if (place === "gateway") return "in the gateway";
  const seen = {
    none: "sees nothing of the workspace",
    ro: "reads the workspace",
    rw: "reads and writes the workspace",
  };
  const shared = {
    session: "one for each session",
    agent: "one for the agent",
    shared: "one for all agents",
  };
  return `in the sandbox (${shared[scope]}), which ${seen[workspaceAccess]}`;
}

const spot = ({ path, file, line, column }: RuleReference): string =>
  file === undefined
    ? path
    : `${path} (${[file, line, column].filter((part) => part !== undefined).join(":")})`;
