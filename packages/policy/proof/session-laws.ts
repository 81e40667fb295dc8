/** What must be true of every decision about a session or a spawn, each with the public fault that it forbids. */
import { sessionDomain, type SessionCheck, type SessionFacts } from "../src/tool-facts.ts";
import type { RunOutcome } from "../src/tool-outcome.ts";
import { asIf, narrows, traceSuffices, type Law, type Steps } from "./law.ts";

type Outcome = RunOutcome<SessionCheck>;

const allows = ({ effect }: Outcome) => effect === "allow";
const fields = Object.keys(sessionDomain);

export const isNoWider = (narrower: Outcome, wider: Outcome): boolean => !allows(narrower) || allows(wider);

/** Its own session and one that it spawned are equally near. Operations are no scale. */
export const sessionSteps: Steps<SessionFacts> = {
  call: [["denied", "allowed"]],
  standing: [
    ["stranger", "listed"],
    ["listed", "owner"],
  ],
  run: [["derived", "turn"]],
  target: [
    ["other-agent", "same-agent"],
    ["same-agent", "spawned"],
    ["spawned", "own"],
    ["own", "spawned"],
  ],
  sessions: [["own", "agent"]],
  isSandboxed: [[true, false]],
  visibility: [["spawned", "all"]],
  isReachable: [[false, true]],
  isLessConfined: [[true, false]],
};

const isOthers = ({ operation, target }: SessionFacts) =>
  operation !== "spawn" && target !== "own" && target !== "spawned";

/** The documents' own words: null is granted. */
function refusalOf(facts: SessionFacts): string | null {
  const { call, operation, standing, run, target, sessions, isSandboxed, visibility } = facts;
  if (call === "denied") return "tool-not-allowed";
  if (operation === "spawn") {
    if (!facts.isReachable) return "agent-not-reachable";
    return facts.isLessConfined ? "less-confined" : null;
  }
  if (!isOthers(facts)) return null;
  if (run !== "turn") return "session-not-visible";
  if (standing === "stranger" || sessions === "own") return "session-of-another";
  if (isSandboxed && visibility === "spawned") return "session-not-visible";
  return target === "other-agent" && !facts.isReachable ? "agent-not-reachable" : null;
}

export const sessionLaws: readonly Law<SessionFacts, Outcome>[] = [
  {
    name: "total",
    forbids: "an evaluation error that drops a deny (cedar #2428)",
    holds: (_, { effect, code }) => (effect === "allow") === (code === "session-allowed"),
  },
  {
    name: "deterministic",
    forbids: "two answers to one question",
    holds: (facts, outcome, ask) => ask(facts) === outcome,
  },
  {
    name: "default-deny",
    forbids: "a denied tool whose operation passes all the same",
    holds: ({ call }, outcome) => call === "allowed" || !allows(outcome),
  },
  {
    name: "sessions-of-others-need-the-right",
    forbids: "session tools that list, read and write to other people's sessions (CVE-2026-27004)",
    holds: (facts, outcome) =>
      !isOthers(facts) || !allows(outcome) || (facts.standing !== "stranger" && facts.sessions === "agent"),
  },
  {
    name: "sandboxed-runs-see-their-own-subtree",
    forbids: "a sandboxed run that asks for its parent's status, history and paths (T-K4)",
    holds: (facts, outcome) =>
      !isOthers(facts) || !facts.isSandboxed || facts.visibility === "all" || !allows(outcome),
  },
  {
    name: "derived-runs-see-their-own-subtree",
    forbids: "sub-agents exempt from the visibility that holds for who made them (Clawdbot 2026.1.10)",
    holds: (facts, outcome) => !isOthers(facts) || facts.run === "turn" || !allows(outcome),
  },
  {
    name: "other-agents-need-an-edge",
    forbids: "messages to another, less restricted agent that no key connects with this one",
    holds: (facts, outcome) =>
      !isOthers(facts) || facts.target !== "other-agent" || facts.isReachable || !allows(outcome),
  },
  {
    name: "spawning-needs-an-edge",
    forbids: "a child under an agent that no key lets this one start",
    holds: ({ operation, isReachable }, outcome) => operation !== "spawn" || isReachable || !allows(outcome),
  },
  {
    name: "spawn-never-less-confined",
    forbids: "a sandboxed agent that spawned an unsandboxed one (CVE-2026-32048)",
    holds: ({ operation, isLessConfined }, outcome) =>
      operation !== "spawn" || !isLessConfined || !allows(outcome),
  },
  {
    name: "reading-is-no-spawning",
    forbids: "a fact about children that opens or shuts the sessions that there are",
    holds: (facts, outcome, ask) =>
      facts.operation === "spawn" || asIf(facts, "isLessConfined", !facts.isLessConfined, ask) === outcome,
  },
  {
    name: "narrowing-only",
    forbids: "a layer that gives: a fact that gets narrower and reaches more",
    holds: narrows(sessionSteps, isNoWider),
  },
  {
    name: "never-empty-reason",
    forbids: "a denial that cannot say which rule made it (Cedar's empty default-deny reason)",
    holds: (_, { rule, depth }) => fields.includes(rule) && fields.indexOf(rule) < depth,
  },
  {
    name: "trace-suffices",
    forbids: "a trace that leaves out what decided: facts with one trace have one outcome",
    holds: traceSuffices(sessionDomain),
  },
  {
    name: "codes-say-why",
    forbids: "a refusal under another name, which sends people to the wrong key",
    holds: (facts, { effect, code }) => effect === "allow" || code === refusalOf(facts),
  },
  {
    name: "what-is-granted-is-reached",
    forbids: "gates so tight that a run cannot see its own session, or an owner their agent's",
    holds: (facts, outcome) => refusalOf(facts) !== null || allows(outcome),
  },
];
