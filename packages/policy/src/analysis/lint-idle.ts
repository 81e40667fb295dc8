/** Grants and settings that decide nothing, as findings: each says what stands in its way. */
import { formatPath } from "../config-path.ts";
import type { DecisionCode } from "../decision.ts";
import { valueAt } from "./config-edit.ts";
import type { DeadGrant } from "./dead-grants.ts";
import type { DeadSetting } from "./dead-settings.ts";
import type { VainEntry } from "./dead-tools.ts";
import { findingAt, type LintSource } from "./finding.ts";
import { meanings } from "./meanings.ts";
import { listText } from "./texts.ts";
import type { Finding, Severity } from "./types.ts";

export function deniedElsewhere(source: LintSource, entry: VainEntry): Finding {
  const { path, agents, refusedBy, isInSandbox } = entry;
  const name = JSON.stringify(valueAt(source.config, path));
  const rules = listText(refusedBy.map((rule) => rule.path));
  const where = isInSandbox ? `, in the sandbox that all sessions of ${listText(agents)} work in` : "";
  const message = `${formatPath(path)}: ${name} is allowed here and denied by ${rules}${where}; deny wins.`;
  const hint = `Remove it here, or take it out of ${rules}.`;
  return findingAt(path, { code: "denied-elsewhere", severity: "warning", message, hint }, source);
}

export function deadSetting(source: LintSource, { path, agents, isWithoutSandbox }: DeadSetting): Finding {
  const key = formatPath(path);
  const word = String(path.at(-1));
  const who = listText(agents);
  const [reason, hint] =
    agents.length === 0
      ? ["every agent has its own", "Remove it, or remove those of the agents."]
      : isWithoutSandbox
        ? [
            `nothing of ${who} is ever sandboxed, and on the host it does not hold`,
            `Set sandbox.mode to "non-main" or "all", or remove ${word}.`,
          ]
        : [
            `nothing that ${who} may do depends on it`,
            "Remove it, or allow a tool that works in the sandbox.",
          ];
  const message = `${key} decides nothing: ${reason}.`;
  return findingAt(path, { code: "dead-setting", severity: "warning", message, hint }, source);
}

export function deadGrant(source: LintSource, grant: DeadGrant): Finding {
  const { path, kind } = grant;
  const { severity, reason, hint } = kind === "ask" ? unasked(grant) : ungranted(grant);
  const list = typeof path.at(-1) === "number" ? path.slice(0, -1) : path;
  const word = JSON.stringify(valueAt(source.config, path));
  const message = `${formatPath(list)}: ${word} changes nothing: ${reason}`;
  const code = { word: "dead-grant", ask: "never-asked", spawn: "dead-grant" }[kind];
  return findingAt(path, { code, severity, message, hint }, source);
}

interface Reason {
  readonly severity: Severity;
  /** With its full stop. */
  readonly reason: string;
  readonly hint: string;
}

function unasked({ allowed, codes }: DeadGrant): Reason {
  const outside = allowed.filter(({ place }) => place !== "sandbox");
  if (allowed.length === 0) return { ...denial(codes), severity: "note" };
  if (outside.length === 0)
    return {
      severity: "warning",
      reason: "these calls run in the sandbox, where nobody is asked.",
      hint: "Deny the tool in tools of the profile, or remove it here.",
    };
  return {
    severity: "note",
    reason: "in the sandbox nobody is asked, and elsewhere an owner is asked about these calls anyway.",
    hint: "Deny the tool in tools of the profile, keep it as a caution, or remove it here.",
  };
}

function ungranted({ kind, allowed, codes, agents }: DeadGrant): Reason {
  if (kind === "spawn" && (agents.length === 0 || allowed.length > 0)) {
    const reason = "the agent may have its own runs, and those that other entries name, work for it anyway.";
    return { severity: "note", reason, hint: "Remove it." };
  }
  return denial(codes);
}

/** What to do about each denial of what a grant was to give; the first that is met. */
const remedies: Partial<Readonly<Record<DecisionCode, string>>> = {
  "less-confined":
    'Set sandbox.mode of those agents to "all" and their workspaceAccess no higher, or remove it.',
  "session-not-visible": 'Set sessionToolsVisibility to "all" as well, or remove it.',
  "recipient-not-accepted": "Let the rules of a network accept another chat, or remove it.",
  "agent-not-reachable": "Name the agents in tools.agentToAgent.allow, or remove it.",
  "tool-not-in-sandbox": "Allow the tool in tools.sandbox.tools, or remove it.",
  "tool-not-allowed": "Allow the tool for it in all lists, or remove it.",
};

function denial(codes: readonly DecisionCode[]): Reason {
  const known = (Object.keys(remedies) as DecisionCode[]).filter((code) => codes.includes(code));
  const [code] = known.length > 0 ? known : codes;
  const reason = code === undefined ? "nobody has it." : `it is denied all the same: ${meanings[code]}`;
  return { severity: "warning", reason, hint: (code && remedies[code]) ?? "Remove it." };
}
