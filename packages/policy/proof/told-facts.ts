/** Words that a trace must hold: those that change no answer in these places, so that nothing else would miss them. */
import type { Request, StateFacts } from "../src/request.ts";
import type { Compile } from "./compare.ts";
import { networks } from "./networks.ts";

interface Told {
  readonly what: string;
  readonly circle: object;
  readonly request: Request;
  readonly state?: StateFacts;
  readonly check: string;
  readonly word: string;
}

const alice = { provider: "circle", sender: { id: "alice" } } as const;
const directly: Request = { action: "message", ...alice, chat: { kind: "dm", id: "alice" } };
const inGroup: Request = {
  action: "message",
  ...alice,
  chat: { kind: "group", id: "g1" },
  mentionDetectable: true,
};

export const told: readonly Told[] = [
  { what: "no list", circle: {}, request: directly, check: "allowFrom", word: "unnamed" },
  {
    what: "a list of others",
    circle: { allowFrom: ["bob"] },
    request: directly,
    check: "allowFrom",
    word: "unnamed",
  },
  {
    what: "a list of all",
    circle: { dmPolicy: "open", allowFrom: ["*"] },
    request: directly,
    check: "allowFrom",
    word: "everyone",
  },
  {
    what: "a group's list of all",
    circle: { groupPolicy: "open", groups: { g1: { allowFrom: ["*"] } } },
    request: inGroup,
    check: "roomList",
    word: "everyone",
  },
  {
    what: "a group without a list",
    circle: { groupPolicy: "open" },
    request: inGroup,
    check: "roomList",
    word: "unset",
  },
  {
    what: "a session that waits for a mention",
    circle: { groupPolicy: "open" },
    request: inGroup,
    state: { activation: "mention" },
    check: "activation",
    word: "mention",
  },
  {
    what: "a session that says nothing of mentions",
    circle: { groupPolicy: "open" },
    request: inGroup,
    check: "activation",
    word: "unset",
  },
];

/** What is told wrongly; null: nothing. */
export function faultOf(compile: Compile, { circle, request, state = {}, check, word }: Told): string | null {
  const result = compile({ circle }, { networks });
  if (!result.ok) return "the config does not compile";
  const step = result.policy.decide(request, state).trace.find((each) => each.check === check);
  return step?.result === word ? null : `${check} is told as ${step?.result}`;
}

export function firstMistold(compile: Compile): string | null {
  for (const each of told) {
    const fault = faultOf(compile, each);
    if (fault !== null) return `${each.what}: ${fault}`;
  }
  return null;
}
