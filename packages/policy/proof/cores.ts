/** What is proved of each core, by name: its domain, its laws, and that a word from outside grants nothing. */
import type { Facts } from "../src/facts.ts";
import type { Outcome } from "../src/outcome.ts";
import { sendDomain, sessionDomain, toolDomain } from "../src/tool-facts.ts";
import type { SendCheck, SendFacts, SessionCheck, SessionFacts, ToolFacts } from "../src/tool-facts.ts";
import type { RunOutcome, ToolOutcome } from "../src/tool-outcome.ts";
import type { Limit } from "../src/rights.ts";
import { domains } from "./domain.ts";
import type { Proof } from "./exhaust.ts";
import { laws } from "./laws.ts";
import { deprivedDomain, rightsLaws, type Deprived } from "./rights-laws.ts";
import { sendLaws } from "./send-laws.ts";
import { sessionLaws } from "./session-laws.ts";
import { confinementSteps, isNoWider, toolLaws } from "./tool-laws.ts";

const allows = ({ effect }: { readonly effect: string }) => effect === "allow";

export const toolProof: Proof<ToolFacts, ToolOutcome> = {
  domain: toolDomain,
  laws: toolLaws,
  strays: {
    grants: allows,
    // Whatever is not understood of the confinement is confined.
    isNoWider: (stray, known, field) =>
      isNoWider(stray, known) || (field in confinementSteps && stray.place === "sandbox"),
  },
};

export const sendProof: Proof<SendFacts, RunOutcome<SendCheck>> = {
  domain: sendDomain,
  laws: sendLaws,
  strays: { grants: allows, isNoWider: (_, known) => allows(known) },
};

export const sessionProof: Proof<SessionFacts, RunOutcome<SessionCheck>> = {
  domain: sessionDomain,
  laws: sessionLaws,
  strays: {
    grants: allows,
    // Whose session it is that nobody understands, no list of agents makes good.
    isNoWider: (_, known, field, { operation }) =>
      allows(known) && (field !== "target" || operation === "spawn"),
  },
};

export const rightsProof: Proof<Deprived, Limit | null> = {
  domain: deprivedDomain,
  laws: rightsLaws,
  strays: {
    grants: (limit) => limit === null,
    isNoWider: (_, known, field) => field === "deed" || known === null,
  },
};

const width = { silence: 0, "pairing-code": 0, "budget-notice": 0, context: 1, turn: 2, command: 2 } as const;

/** One for each kind of chat. */
export const messageProofs: readonly Proof<Facts, Outcome>[] = domains.map((domain) => ({
  domain,
  laws,
  strays: {
    grants: ({ deed }) => width[deed] > 0,
    // An event that nobody understands is nothing, not even context.
    isNoWider: (stray, known, field) =>
      width[stray.deed] <= width[known.deed] && (field as string) !== "event",
  },
}));
