/** Puts one question to the engine and to the reference, and says in what they differ. */
import type { Decision } from "../src/decision.ts";
import type { CompileOptions, CompileResult } from "../src/policy.ts";
import { networks } from "./networks.ts";
import { mistakesOf } from "./reference-mistakes.ts";
import type { Sayings } from "./reference-config.ts";
import { referenceSend } from "./reference-send.ts";
import { referenceSession } from "./reference-sessions.ts";
import { referenceTool, type RunAnswer } from "./reference-tools.ts";
import { reference, type Answer } from "./reference.ts";
import type { Case } from "./scope.ts";

export type Compile = (config: unknown, options: CompileOptions) => CompileResult;

export interface Disagreement {
  readonly about: string;
  readonly config: Sayings;
  readonly asked?: Case;
  readonly expected: unknown;
  readonly got: unknown;
}

export interface Examination {
  readonly configs: number;
  readonly refused: number;
  readonly decisions: number;
  readonly disagreements: readonly Disagreement[];
}

/** A config of a slice with what the reference says of it, worked out when asked for. */
export interface Posed {
  readonly config: Sayings;
  readonly mistakes: readonly string[];
  answer(index: number): Answer | RunAnswer;
}

/** What the documents say to any question. */
export function answerTo(config: Sayings, { request, state }: Case, known = networks): Answer | RunAnswer {
  switch (request.action) {
    case "message":
      return reference(config, known, request, state);
    case "tool":
      return referenceTool(config, known, request, state);
    case "send":
      return referenceSend(config, known, request, state);
    case "session":
      return referenceSession(config, known, request, state);
  }
}

/** What the reference says of each config and of each case under it. */
export function* pose(configs: readonly Sayings[], cases: readonly Case[]): Generator<Posed> {
  for (const config of configs) {
    const answer = (at: number) => answerTo(config, cases[at]!);
    yield { config, mistakes: mistakesOf(config, networks), answer };
  }
}

/** Compares every decision; stops after `limit` disagreements. */
export function examine(
  posed: Iterable<Posed>,
  cases: readonly Case[],
  compile: Compile,
  limit = 1,
): Examination {
  const disagreements: Disagreement[] = [];
  let configs = 0;
  let refused = 0;
  let decisions = 0;
  for (const question of posed) {
    const { config, mistakes } = question;
    configs++;
    const result = compile(config, { networks });
    if (result.ok !== (mistakes.length === 0)) {
      const got = result.ok ? "compiled" : result.issues.map(({ code, path }) => `${code} at ${path}`);
      disagreements.push({ about: "validity", config, expected: mistakes, got });
    }
    if (!result.ok) refused++;
    else if (mistakes.length === 0) {
      const differenceOf = comparison();
      for (const [index, asked] of cases.entries()) {
        decisions++;
        const expected = question.answer(index);
        const got = result.policy.decide(asked.request, asked.state);
        const about = differenceOf(expected, got, asked);
        if (about !== null) disagreements.push({ about, config, asked, expected, got });
        if (disagreements.length >= limit) break;
      }
    }
    if (disagreements.length >= limit) break;
  }
  return { configs, refused, decisions, disagreements };
}

/** What of a decision under one config is not as the reference says, or null. */
export function comparison(): (
  expected: Answer | RunAnswer,
  got: Omit<Decision, "trace">,
  asked: Case,
) => string | null {
  const sessions = new SessionNames();
  return (expected, got, { request }) =>
    "runIn" in expected
      ? differenceOfRun(expected, got, request.action === "tool")
      : differenceOfMessage(expected, got, sessions);
}

const acts = ["start-turn", "run-command", "send-pairing-code"];

function differenceOfMessage(
  expected: Answer,
  got: Omit<Decision, "trace">,
  sessions: SessionNames,
): string | null {
  if (got.effect !== expected.effect) return "effect";
  if (!expected.codes.includes(got.code)) return "code";
  if (got.rules.length === 0) return "rules";
  if (expected.agent !== null && got.agent !== expected.agent) return "agent";
  if (expected.session !== null && !sessions.agree(expected.session, got.session)) return "session";
  const counted = got.obligations.find(({ kind }) => kind === "count-against-budget");
  if (!isSame(counted, expected.counted && { kind: "count-against-budget", ...expected.counted }))
    return "budget";
  const tells = got.obligations.some(({ kind }) => kind === "tell-budget-spent");
  if (tells && got.code !== "budget-spent") return "telling";
  let duty: string | null = null;
  let authority: string | null = null;
  for (const obligation of got.obligations) {
    if (acts.includes(obligation.kind)) {
      if (duty !== null) return "two duties";
      duty = obligation.kind;
    }
    if ("authority" in obligation) authority = obligation.authority;
  }
  const remembers = got.obligations.some(({ kind }) => kind === "remember-as-context");
  if (expected.duty === "remember-as-context") return duty === null && remembers ? null : "duty";
  // What a refused person wrote is not kept. Whether an unmentioned button is, the documents leave open.
  if (remembers && !["mention-required", "mention-undetectable", "side-event-noted"].includes(got.code))
    return "memory";
  if (duty !== expected.duty) return "duty";
  return duty === null || duty === "send-pairing-code" || authority === expected.authority
    ? null
    : "authority";
}

/** Obligations of runs; no other belongs to a decision about one. */
const runObligations = ["run-in", "await-approval", "stay-silent"];

/** The same for a tool, a sending or a session. Where the run works, only decisions about tools must say. */
function differenceOfRun(
  expected: RunAnswer,
  got: Omit<Decision, "trace">,
  saysWhere: boolean,
): string | null {
  if (got.effect !== expected.effect) return "effect";
  if (!expected.codes.includes(got.code)) return "code";
  if (got.rules.length === 0) return "rules";
  const places = got.obligations.filter(({ kind }) => kind === "run-in");
  if (expected.runIn === null ? places.length > 0 : places.length > 1) return "place";
  if (expected.runIn !== null && (saysWhere || places.length > 0) && !isSame(places[0], expected.runIn))
    return "place";
  const waits = got.obligations.some(({ kind }) => kind === "await-approval");
  if (waits !== expected.awaitsApproval) return "approval";
  return got.obligations.every(({ kind }) => runObligations.includes(kind)) ? null : "obligations";
}

/** Whether two obligations, or none, say the same; their fields have no order. */
function isSame(one: object | undefined, other: object | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  const [fields, others] = [Object.entries(one), Object.entries(other)];
  return (
    fields.length === others.length &&
    fields.every(([key, value]) => {
      const same: unknown = Reflect.get(other, key);
      return typeof value === "object" && value !== null && typeof same === "object" && same !== null
        ? isSame(value as object, same)
        : value === same;
    })
  );
}

/** One key for each session of the reference, one session for each key: nobody else's words, and none lost. */
class SessionNames {
  readonly #keys = new Map<string, string | null>();
  readonly #sessions = new Map<string | null, string>();

  agree(session: string, key: string | null): boolean {
    const known = this.#keys.get(session);
    if (known !== undefined) return known === key;
    this.#keys.set(session, key);
    if (this.#sessions.has(key)) return false;
    this.#sessions.set(key, session);
    return key !== null && key === (publishedKey(JSON.parse(session)) ?? key);
  }
}

/** The keys that the contract fixes: the owner's, and those of groups at the default account. */
function publishedKey(session: readonly (string | null)[]): string | null {
  const [agent, network, account, kind, id, thread] = session;
  if (network === "main" && session.length === 2) return `agent:${agent}:main`;
  const isPlain = account === "default" && kind !== "dm" && thread === null && /^[a-z0-9]+$/.test(id ?? "");
  return isPlain ? `agent:${agent}:${network}:${kind}:${id}` : null;
}
