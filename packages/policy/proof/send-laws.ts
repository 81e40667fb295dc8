/** What must be true of every decision about a sending, each with the public fault that it forbids. */
import { sendDomain, type SendCheck, type SendFacts } from "../src/tool-facts.ts";
import type { RunOutcome } from "../src/tool-outcome.ts";
import { narrows, traceSuffices, type Law, type Steps } from "./law.ts";

type Outcome = RunOutcome<SendCheck>;

const allows = ({ effect }: Outcome) => effect === "allow";
const fields = Object.keys(sendDomain);

export const isNoWider = (narrower: Outcome, wider: Outcome): boolean => !allows(narrower) || allows(wider);

export const sendSteps: Steps<SendFacts> = {
  call: [["denied", "allowed"]],
  standing: [
    ["stranger", "listed"],
    ["listed", "owner"],
  ],
  target: [
    ["refused", "accepted"],
    ["accepted", "here"],
  ],
  sends: [["here", "accepted"]],
};

/** The documents' own words: null is granted. */
function refusalOf({ call, standing, target, sends }: SendFacts): string | null {
  if (call === "denied") return "tool-not-allowed";
  if (target === "here") return null;
  if (standing === "stranger" || sends === "here") return "send-not-allowed";
  return target === "refused" ? "recipient-not-accepted" : null;
}

export const sendLaws: readonly Law<SendFacts, Outcome>[] = [
  {
    name: "total",
    forbids: "an evaluation error that drops a deny (cedar #2428)",
    holds: (_, { effect, code }) => (effect === "allow") === (code === "send-allowed"),
  },
  {
    name: "deterministic",
    forbids: "two answers to one question",
    holds: (facts, outcome, ask) => ask(facts) === outcome,
  },
  {
    name: "default-deny",
    forbids: "a denied tool that sends all the same, by another road",
    holds: ({ call }, outcome) => call === "allowed" || !allows(outcome),
  },
  {
    name: "outbound-obeys-policy",
    forbids: "outbound sends that bypass the rules of who may be talked to (openclaw #77812)",
    holds: ({ target }, outcome) => target !== "refused" || !allows(outcome),
  },
  {
    name: "strangers-are-answered-where-they-are",
    forbids: "whoever is let in by a wildcard and has the bot write to others",
    holds: ({ standing, target }, outcome) =>
      standing !== "stranger" || target === "here" || !allows(outcome),
  },
  {
    name: "profile-bounds-sending",
    forbids: "private output delivered to another chat (Clawdbot 2026.2.24, reply fallback)",
    holds: ({ sends, target }, outcome) => sends === "accepted" || target === "here" || !allows(outcome),
  },
  {
    name: "narrowing-only",
    forbids: "a layer that gives: a fact that gets narrower and sends more",
    holds: narrows(sendSteps, isNoWider),
  },
  {
    name: "never-empty-reason",
    forbids: "a denial that cannot say which rule made it (Cedar's empty default-deny reason)",
    holds: (_, { rule, depth }) => fields.includes(rule) && fields.indexOf(rule) < depth,
  },
  {
    name: "trace-suffices",
    forbids: "a trace that leaves out what decided: facts with one trace have one outcome",
    holds: traceSuffices(sendDomain),
  },
  {
    name: "codes-say-why",
    forbids: "a refusal under another name, which sends people to the wrong key",
    holds: (facts, { effect, code }) => effect === "allow" || code === refusalOf(facts),
  },
  {
    name: "what-is-granted-is-sent",
    forbids: "gates so tight that the bot cannot answer",
    holds: (facts, outcome) => refusalOf(facts) !== null || allows(outcome),
  },
];
