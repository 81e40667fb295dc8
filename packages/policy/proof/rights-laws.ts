/** What must be true of what a profile takes away from a message, each with the public fault that it forbids. */
import type { Deed } from "../src/outcome.ts";
import type { Limit } from "../src/rights.ts";
import { rightsDomain, type RightsFacts } from "../src/tool-facts.ts";
import { asIf, type Core, type Law, type Steps } from "./law.ts";

/** What the profile says, and what the message would have done without it. */
export interface Deprived extends RightsFacts {
  readonly deed: Deed;
}

/** Deeds of messages that get in, and of those that do not. */
export const deprivedDomain = {
  ...rightsDomain,
  deed: ["silence", "pairing-code", "context", "turn", "command"],
} as const;

type Answer = Limit | null;

export const rightsSteps: Steps<Deprived> = {
  profile: [["unknown", "fits"]],
  agent: [["withheld", "granted"]],
  command: [
    ["withheld", "granted"],
    ["granted", "none"],
    ["none", "granted"],
  ],
  budget: [
    ["spent", "left"],
    ["left", "unbounded"],
    ["unbounded", "left"],
  ],
};

/** In the order in which they are told. */
function withheldBy({ profile, agent, command, budget, deed }: Deprived): keyof RightsFacts | null {
  if (profile === "unknown") return "profile";
  if (agent === "withheld") return "agent";
  if (command === "withheld") return "command";
  const isFree = deed === "command" || deed === "context";
  return budget === "spent" && !isFree ? "budget" : null;
}

const codeOf = {
  profile: "profile-unknown",
  agent: "agent-not-allowed",
  command: "command-not-allowed",
  budget: "budget-spent",
} as const;

const isFree = (facts: Deprived, ask: Core<Deprived, Answer>, field: keyof RightsFacts, word: string) =>
  asIf(facts, field, word, ask) === null;

export const rightsLaws: readonly Law<Deprived, Answer>[] = [
  {
    name: "deterministic",
    forbids: "two answers to one question",
    holds: (facts, limit, ask) => ask(facts) === limit,
  },
  {
    name: "unknown-profile-has-no-rights",
    forbids: "a grant that outlives the profile that it names, and falls back to a wider one",
    holds: ({ profile }, limit) => profile === "fits" || limit !== null,
  },
  {
    name: "agents-are-withheld",
    forbids: "a sender who reaches an agent through a chat that happens to be bound to it",
    holds: ({ agent }, limit) => agent === "granted" || limit !== null,
  },
  {
    name: "commands-are-withheld",
    forbids: "non-owners who reach /config and /debug (GHSA-r7vr-gr74-94p8)",
    holds: ({ command }, limit) => command !== "withheld" || limit !== null,
  },
  {
    name: "a-spent-budget-starts-no-turn",
    forbids: "one sender who uses up what all others were to have (openclaw #67308)",
    holds: ({ budget, deed }, limit) => budget !== "spent" || deed !== "turn" || limit !== null,
  },
  {
    name: "a-spent-budget-stops-nothing-free",
    forbids: "a budget that takes /stop away from whoever has to use it",
    holds: ({ deed }, limit) => limit?.check !== "budget" || (deed !== "command" && deed !== "context"),
  },
  {
    name: "narrowing-only",
    forbids: "a right that gets narrower and lets more through",
    holds: (facts, limit, ask) =>
      limit !== null ||
      Object.entries(rightsSteps).every(([field, steps]) =>
        steps.every(
          ([narrower, wider]) =>
            facts[field as keyof RightsFacts] !== narrower ||
            isFree(facts, ask, field as keyof RightsFacts, wider),
        ),
      ),
  },
  {
    name: "codes-say-why",
    forbids: "a refusal under another name, which sends people to the wrong key",
    holds(facts, limit) {
      const check = withheldBy(facts);
      return limit === null || (limit.check === check && limit.code === codeOf[limit.check]);
    },
  },
  {
    name: "what-is-granted-is-done",
    forbids: "a profile that shuts out whom it lets in",
    holds: (facts, limit) => withheldBy(facts) !== null || limit === null,
  },
];
