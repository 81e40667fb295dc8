/** What must be true of every decision about a tool, each with the public fault that it forbids. */
import { toolDomain, type ToolFacts } from "../src/tool-facts.ts";
import type { ToolOutcome } from "../src/tool-outcome.ts";
import { asIf, narrows, traceSuffices, type Law, type Steps } from "./law.ts";
import {
  asksOwner,
  isElevated,
  isSandboxed,
  ownersOwnSession,
  placeOf,
  refusalOf,
  worksInGateway,
} from "./tool-documents.ts";

const allows = ({ effect }: ToolOutcome) => effect === "allow";

/** How much an answer lets a call do. Gateway and host never meet in one comparison: what works in one never works in the other. */
export function width({ effect, place, asks }: ToolOutcome): number {
  if (effect !== "allow") return 0;
  return place === "sandbox" ? 1 : asks ? 2 : 3;
}

export const isNoWider = (narrower: ToolOutcome, wider: ToolOutcome): boolean =>
  width(narrower) <= width(wider);

/**
 * From narrower to wider. `workspaceAccess: "none"` lets a call write what nobody else sees, so for the call it is wider than
 * `ro`. Which kind a tool is of is no scale, but `write` is `session` and more is asked of it, and so is `admin` of `gateway`.
 */
export const toolSteps: Steps<ToolFacts> = {
  standing: [
    ["refused", "stranger"],
    ["stranger", "listed"],
    ["listed", "owner"],
  ],
  profile: [["unknown", "fits"]],
  agent: [["withheld", "granted"]],
  lists: [["refuses", "pass"]],
  kind: [
    ["write", "session"],
    ["admin", "gateway"],
  ],
  sandboxLists: [
    ["refuses", "unlisted"],
    ["unlisted", "pass"],
  ],
  isNamed: [[false, true]],
  workspaceAccess: [
    ["ro", "none"],
    ["none", "rw"],
  ],
  // Asking is neither narrower nor wider than not asking; asking before a gate that is shut is narrower than both.
  elevated: (["off", "off-for-agent", "unlisted", "unlisted-for-agent"] as const).flatMap((shut) => [
    [shut, "open"] as const,
    [shut, "no"] as const,
  ]),
  mayUseSandbox: [[false, true]],
  mayUseHost: [[false, true]],
  mayUseGateway: [[false, true]],
  asks: [[true, false]],
};

/** What decides whether a session is confined. A call that is refused on the host may be granted in a sandbox. */
export const confinementSteps: Steps<ToolFacts> = {
  mode: [
    ["all", "non-main"],
    ["non-main", "off"],
  ],
  run: [["derived", "turn"]],
  isMain: [[false, true]],
};

const fields = Object.keys(toolDomain);

const codes = new Set([
  "bad-request",
  "profile-unknown",
  "agent-not-allowed",
  "tool-not-allowed",
  "owner-only-tool",
  "tool-not-in-sandbox",
  "elevated-not-allowed",
  "workspace-read-only",
  "host-not-allowed",
  "place-not-allowed",
]);

export const toolLaws: readonly Law<ToolFacts, ToolOutcome>[] = [
  {
    name: "total",
    forbids: "an evaluation error that drops a deny (cedar #2428)",
    holds: (_, { effect, code, place }) =>
      effect === "allow" ? code === "tool-allowed" && place !== null : codes.has(code) && place === null,
  },
  {
    name: "deterministic",
    forbids: "two answers to one question",
    holds: (facts, outcome, ask) => ask(facts) === outcome,
  },
  {
    name: "default-deny",
    forbids: "a fail-closed deny that falls through to a default allow (agent-governance-toolkit #2992)",
    holds: ({ standing, profile, agent, lists }, outcome) =>
      !allows(outcome) ||
      (standing !== "refused" && profile === "fits" && agent === "granted" && lists === "pass"),
  },
  {
    name: "deny-overrides",
    forbids: "a tool denied to all that comes back when an agent has a list of its own (Clawdbot 2026.1.10)",
    holds: (facts, outcome) =>
      !allows(outcome) ||
      (facts.lists !== "refuses" && !(isSandboxed(facts) && facts.sandboxLists === "refuses")),
  },
  {
    name: "narrowing-only",
    forbids: "a layer that gives: a fact that gets narrower and lets a call do more",
    holds: narrows(toolSteps, isNoWider),
  },
  {
    name: "confinement-only-confines",
    forbids: "a stricter sandbox mode, or a run of another's making, that opens the host or the gateway",
    holds: narrows(
      confinementSteps,
      (confined, free) => isNoWider(confined, free) || confined.place === "sandbox",
    ),
  },
  {
    name: "every-gate-can-shut",
    forbids: "a key that is written down and decides nothing",
    holds(facts, outcome, ask) {
      if (!allows(outcome)) return true;
      const shut = [
        asIf(facts, "standing", "refused", ask),
        asIf(facts, "profile", "unknown", ask),
        asIf(facts, "agent", "withheld", ask),
        asIf(facts, "lists", "refuses", ask),
        asIf(facts, `mayUse${capital[outcome.place!]}`, false, ask),
      ];
      return !shut.some(allows);
    },
  },
  {
    name: "never-empty-reason",
    forbids: "a denial that cannot say which rule made it (Cedar's empty default-deny reason)",
    holds: (_, { rule }) => fields.includes(rule),
  },
  {
    name: "trace-suffices",
    forbids: "a trace that leaves out what decided: facts with one trace have one outcome",
    holds: traceSuffices(toolDomain),
  },
  {
    name: "rules-are-in-the-trace",
    forbids: "a reason that the trace does not show",
    holds: (_, { rule, depth }) => fields.indexOf(rule) < depth,
  },
  {
    name: "whoever-is-turned-away-has-no-tools",
    forbids: "a run that goes on after its sender was shut out",
    holds: ({ standing }, outcome) => standing !== "refused" || !allows(outcome),
  },
  {
    name: "unknown-profile-has-no-rights",
    forbids: "a grant that outlives the profile that it names, and falls back to a wider one",
    holds: ({ profile }, outcome) => profile !== "unknown" || !allows(outcome),
  },
  {
    name: "stranger-never-on-the-host",
    forbids: "a shell for whoever is let in by a wildcard (Clawdbot 2026.1.10, sandbox off by default)",
    holds: ({ standing }, { place }) => standing !== "stranger" || place !== "host",
  },
  {
    name: "sandbox-never-falls-back-to-the-host",
    forbids: "a sandboxed session whose call silently runs on the host (Clawdbot 2026.1.10; CVE-2026-27646)",
    holds: (facts, { place }) => place !== "host" || !isSandboxed(facts) || isElevated(facts),
  },
  {
    name: "elevated-is-off-until-asked-for",
    forbids: "listed senders who run on the host by default, without any directive (Clawdbot 2026.1.10)",
    holds: (facts, { place }) => facts.elevated !== "no" || !isSandboxed(facts) || place !== "host",
  },
  {
    name: "elevated-requires-all",
    forbids:
      "one gate that stands in for the others: display names, the agent's list, or the sender's right alone",
    holds: (facts, outcome) => facts.elevated === "no" || !allows(outcome) || isElevated(facts),
  },
  {
    name: "elevated-moves-commands-only",
    forbids: "files, browser and messages that leave the sandbox with the shell",
    holds: ({ elevated, kind }, outcome) => elevated === "no" || kind === "exec" || !allows(outcome),
  },
  {
    name: "elevated-grants-no-tool",
    forbids: "an elevated call that passes where the same call would not",
    holds(facts, outcome) {
      if (facts.elevated === "no" || !allows(outcome)) return true;
      return facts.lists === "pass" && (!isSandboxed(facts) || facts.sandboxLists === "pass");
    },
  },
  {
    name: "elevated-is-granted-or-refused",
    forbids: "a call for the host that quietly runs somewhere else",
    holds: ({ elevated }, { place }) => elevated === "no" || place === null || place === "host",
  },
  {
    name: "elevated-ends-with-the-turn",
    forbids: "rights of one message that a job, a hook or a sub-agent keeps",
    holds: ({ elevated, run }, outcome) => elevated === "no" || run === "turn" || !allows(outcome),
  },
  {
    name: "host-commands-of-others-ask",
    forbids:
      "commands on the host that no owner saw, or that called themselves approved (GHSA-gv46-4xfq-jv58)",
    holds: (facts, { place, asks }) =>
      place !== "host" || facts.kind !== "exec" || asks || ownersOwnSession(facts),
  },
  {
    name: "in-a-sandbox-nothing-asks",
    forbids: "so many questions that people stop reading them",
    holds: (_, { place, asks }) => place !== "sandbox" || !asks,
  },
  {
    name: "asked-for-approval-is-asked-for",
    forbids: "a profile whose `ask` is forgotten outside the sandbox",
    holds: (facts, { place, asks }) => !facts.asks || place === null || place === "sandbox" || asks,
  },
  {
    name: "nobody-asks-in-vain",
    forbids: "an approval where neither the profile nor the place wants one",
    holds: (facts, { asks }) => !asks || asksOwner(facts),
  },
  {
    name: "read-only-means-no-writing",
    forbids: "writing tools in a session whose workspace is read-only (Clawdbot 2026.1.10)",
    holds: ({ kind, workspaceAccess }, { place }) =>
      place !== "sandbox" || kind !== "write" || workspaceAccess !== "ro",
  },
  {
    name: "only-writing-is-kept-from-the-workspace",
    forbids: "a read-only workspace that cannot be read",
    holds: ({ kind }, { code }) => code !== "workspace-read-only" || kind === "write",
  },
  {
    name: "admin-tools-need-an-owners-turn",
    forbids:
      "owner-only tools offered to runs of others (CVE-2026-53818), config rewritten from a job or a hook",
    holds: ({ kind, standing, run }, outcome) =>
      kind !== "admin" || !allows(outcome) || (standing === "owner" && run === "turn"),
  },
  {
    name: "sandbox-deny-never-gives-way",
    forbids: "a sandbox's deny list that a name in another list opens",
    holds: (facts, outcome) => facts.sandboxLists !== "refuses" || !isSandboxed(facts) || !allows(outcome),
  },
  {
    name: "named-tools-pass-the-default-list-only-in-the-gateway",
    forbids: "a tool that reaches out of the sandbox because a list happens to name it",
    holds: (facts, outcome) =>
      facts.sandboxLists !== "unlisted" ||
      !isSandboxed(facts) ||
      !allows(outcome) ||
      (facts.isNamed && outcome.place === "gateway"),
  },
  {
    name: "sandbox-lists-are-for-sandboxes",
    forbids: "a session on the host that loses what a list for other sessions leaves out",
    holds: (facts, { code }) => code !== "tool-not-in-sandbox" || isSandboxed(facts),
  },
  {
    name: "every-tool-works-in-its-own-place",
    forbids: "commands that run in the gateway's process, or messages sent from a container",
    holds: (facts, { place }) => place === null || (place === "gateway") === worksInGateway(facts),
  },
  {
    name: "profile-bounds-the-place",
    forbids: "a place that the sender's profile leaves out",
    holds: ({ mayUseSandbox, mayUseHost, mayUseGateway }, { place }) =>
      place === null || (place === "sandbox" ? mayUseSandbox : place === "host" ? mayUseHost : mayUseGateway),
  },
  {
    name: "codes-say-why",
    forbids: "a refusal under another name, which sends people to the wrong key",
    holds: (facts, { code, effect }) => effect === "allow" || code === refusalOf(facts),
  },
  {
    name: "what-is-granted-runs-where-it-belongs",
    forbids: "gates so tight that nobody passes, and grants that end in another place",
    holds: (facts, { place, asks }) =>
      refusalOf(facts) !== null || (place === placeOf(facts) && asks === asksOwner(facts)),
  },
  {
    name: "the-owner-at-home-is-not-asked",
    forbids: "an owner who has to approve each of their own commands",
    holds: (facts, { asks }) => !ownersOwnSession(facts) || facts.asks || !asks,
  },
];

const capital = { sandbox: "Sandbox", host: "Host", gateway: "Gateway" } as const;
