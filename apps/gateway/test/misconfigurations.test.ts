/** What misconfigured gateways give away: the analysis finds it, and the running gateway does it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile, type Decision, type MessageRequest, type Policy } from "@clawd/policy";
import { lint, reach } from "@clawd/policy/analysis";
import type { AuditRecord } from "@clawd/store";
import { networks } from "../src/providers.ts";
import { misconfigurations } from "./misconfigurations.ts";
import type { Attempt, End, Misconfiguration } from "./misconfigurations/misconfiguration.ts";
import { aimOf, callOf, messageOf } from "./misconfigurations/requests.ts";
import { finding, placeOf, sharedBy } from "./misconfigurations/findings.ts";
import { played, type Played } from "./misconfigurations/witness.ts";
import { type Replay, type Scene, startReplay } from "./misconfigurations/replay.ts";
import { ids, type Person, stage } from "./misconfigurations/scene.ts";

test("there are thirty of them or more, each with its own name", () => {
  expect(new Set(misconfigurations.map(({ name }) => name)).size).toBe(misconfigurations.length);
  expect(misconfigurations.length).toBeGreaterThanOrEqual(30);
});

test.each(misconfigurations)("$name: the policy decides what is said of it", (one) => {
  const policy = policyOf(one);
  const attempts = attemptsOf(one);
  const ends = attempts.map((attempt) => {
    const { agent } = seatOf(policy, messageOf(attempt));
    return endOf(policy.decide(aimOf(attempt, agent)));
  });
  expect(attempts.map((attempt, at) => `${titleOf(attempt)}: ${ends[at]}`)).toEqual(
    attempts.map((attempt) => `${titleOf(attempt)}: ${attempt.ends}`),
  );
});

describe("the analysis finds", () => {
  test.each(misconfigurations)("$name: who gets what", (one) => {
    const policy = policyOf(one);
    const found = reach(policy);
    for (const attempt of one.gets) {
      const { agent } = seatOf(policy, messageOf(attempt));
      const entries = finding(found, attempt, agent, one);
      expect(entries.map(placeOf), titleOf(attempt)).toContain(attempt.ends);
    }
    for (const attempt of one.lacks) {
      const { agent } = seatOf(policy, messageOf(attempt));
      expect(finding(found, attempt, agent, one), `not ${titleOf(attempt)}`).toEqual([]);
    }
    for (const person of one.apart ?? []) expect(sharedBy(found, person)).toEqual([]);
    for (const person of one.together?.slice(1) ?? [])
      if (!isOwner(one, person)) expect(sharedBy(found, person)).toHaveLength(1);
  });

  test.each(misconfigurations)("$name: what lint names", (one) => {
    const findings = lint(policyOf(one), { config: one.config, options: { networks } });
    const named = findings.map(({ code, path }) => `${code} ${path}`);
    expect(named).toEqual(expect.arrayContaining([...one.lint]));
  });
});

test("witnesses that the gateway cannot play are of what is not connected, and the others are many", () => {
  const all = misconfigurations.flatMap((one) => reach(policyOf(one)).map((entry) => played(entry)));
  const unplayable = new Set(all.filter((one) => typeof one === "string"));
  expect([...unplayable].sort()).toEqual(["a channel", "a run of another run", "another network"]);
  expect(all.filter((one) => typeof one !== "string").length).toBeGreaterThan(500);
});

describe("the running gateway does so", () => {
  let replay: Replay;
  beforeAll(async () => {
    replay = await startReplay(elevatedSessions());
  }, 30_000);
  afterAll(() => replay.close());

  test.each(misconfigurations)("$name", { timeout: 30_000 }, async (one) => {
    const policy = policyOf(one);
    await replay.start(one.config);
    for (const attempts of byMessage(attemptsOf(one))) {
      const message = messageOf(attempts[0]!);
      const { agent, session } = seatOf(policy, message);
      const calls = attempts.map((attempt) => callOf(attempt, agent));
      const expected = calls.map((call) => policy.decide(call));
      const replayed = await replay.play({ message, state: {}, calls });
      if (policy.decide(message).effect !== "allow") {
        expect([replayed.message.effect, replayed.calls]).toEqual(["deny", []]);
        expect(expected.map(({ code }) => code)).toEqual(calls.map(() => replayed.message.code));
        continue;
      }
      expect(replayed.message).toMatchObject({ effect: "allow", agent, session });
      expect(replayed.calls.map(recorded)).toEqual(
        expected.map((decision) => ({ session, end: asRecorded(endOf(decision)) })),
      );
    }
    for (const { message, state, calls } of scenesOf(witnessesOf(policy))) {
      const replayed = await replay.play({ message, state, calls });
      const { effect, code, session, agent } = policy.decide(message, state);
      expect(replayed.message).toMatchObject({ effect, code, session, agent });
      expect(effect).toBe("allow");
      expect(replayed.calls.map(recorded)).toEqual(
        calls.map((call) => {
          const decision = policy.decide(call, state);
          expect(decision.effect, JSON.stringify(call)).toBe("allow");
          return { session: decision.session, end: asRecorded(endOf(decision)) };
        }),
      );
    }
    expect(await sessionsOf(replay, one.apart ?? [])).toHaveLength(one.apart?.length ?? 0);
    expect(await sessionsOf(replay, one.together ?? [])).toHaveLength(one.together ? 1 : 0);
  });
});

/** The sessions in which direct messages of these people end. */
async function sessionsOf(replay: Replay, people: readonly Person[]): Promise<readonly string[]> {
  const sessions = new Set<string>();
  for (const by of people) {
    const replayed = await replay.play({ message: messageOf({ by }), state: {}, calls: [] });
    sessions.add(String(replayed.message.session));
  }
  return [...sessions];
}

function policyOf({ config }: Misconfiguration): Policy {
  const compiled = compile(config, { networks });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  return compiled.policy;
}

/** The agent that would answer, and the session. */
function seatOf(policy: Policy, message: MessageRequest) {
  const { agent, session } = policy.decide(message);
  return { agent: agent!, session: session! };
}

function endOf({ effect, code, obligations }: Decision): End {
  if (effect !== "allow") return code;
  const runIn = obligations.find((obligation) => obligation.kind === "run-in");
  const isAsking = obligations.some(({ kind }) => kind === "await-approval");
  return isAsking ? `${runIn!.place} after approval` : runIn!.place;
}

/** A call that waits has run nowhere yet, so its record names no place. */
const asRecorded = (end: End) => (end.endsWith(" after approval") ? "after approval" : end);

function recorded({ effect, code, session, detail }: AuditRecord) {
  const { place, waits } = detail as { place: string | null; waits: boolean };
  return { session, end: effect !== "allow" ? code : waits ? "after approval" : place };
}

const isOwner = ({ config }: Misconfiguration, person: Person): boolean =>
  JSON.stringify(config["commands"]).includes(`${stage}:${ids[person]}`);

const attemptsOf = ({ gets, lacks }: Misconfiguration): readonly Attempt[] => [...gets, ...lacks];
const titleOf = ({ what, by, in: room, tool }: Attempt) =>
  `${what} for the ${by} in ${room ?? "direct messages"} by ${tool}`;

function byMessage(attempts: readonly Attempt[]): readonly (readonly Attempt[])[] {
  const groups = new Map<string, Attempt[]>();
  for (const attempt of attempts) {
    const key = JSON.stringify(messageOf(attempt));
    groups.set(key, [...(groups.get(key) ?? []), attempt]);
  }
  return [...groups.values()];
}

/** The witnesses that the gateway can play. */
const witnessesOf = (policy: Policy): readonly Played[] =>
  reach(policy)
    .map((entry) => played(entry))
    .filter((one) => typeof one !== "string");

/** One message with all the calls that it makes possible. */
function scenesOf(witnesses: readonly Played[]): readonly Scene[] {
  const scenes = new Map<string, Scene>();
  for (const { message, state, call } of witnesses) {
    const key = JSON.stringify([message, state]);
    const calls = scenes.get(key)?.calls ?? [];
    const isNew = call !== null && !calls.some((one) => JSON.stringify(one) === JSON.stringify(call));
    scenes.set(key, { message, state, calls: isNew ? [...calls, call] : calls });
  }
  return [...scenes.values()];
}

function elevatedSessions(): ReadonlyMap<string, ReadonlySet<string>> {
  const sessions = new Map<string, Set<string>>();
  for (const one of misconfigurations)
    for (const message of elevatedMessages(one)) {
      const { agent, session } = seatOf(policyOf(one), message);
      sessions.set(agent, (sessions.get(agent) ?? new Set()).add(session));
    }
  return sessions;
}

const elevatedMessages = (one: Misconfiguration): readonly MessageRequest[] => [
  ...attemptsOf(one)
    .filter(({ elevated }) => elevated === true)
    .map((attempt) => messageOf(attempt)),
  ...witnessesOf(policyOf(one))
    .filter(({ call }) => call?.elevated === true)
    .map(({ message }) => message),
];
