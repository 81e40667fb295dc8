import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aDm, aPolicy, flat } from "../test/builders.ts";
import { requests, world } from "../test/requests.ts";
import { evaluation, evaluations, fromAuthZen, toAuthZen } from "./authzen.ts";
import type { Decision, Obligation, Request } from "./index.ts";

const policy = aPolicy(world);
const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const listed: Request = { ...aDm(flat, "42"), mentioned: false };

describe("requests", () => {
  test("every request comes back from AuthZEN as it was, and is decided alike", () => {
    let allowed = 0;
    fc.assert(
      fc.property(requests, (request) => {
        const back = fromAuthZen(throughJson(toAuthZen(request)));
        expect(back).toStrictEqual(request);
        const decision = policy.decide(back);
        expect(decision).toStrictEqual(policy.decide(request));
        if (decision.effect === "allow") allowed++;
      }),
      { numRuns: 3000 },
    );
    expect(allowed).toBeGreaterThan(300);
  });

  test("what is no request is denied on the other side too", () => {
    const nearly = [
      null,
      7,
      [],
      {},
      { ...listed, approved: true },
      { ...listed, sender: { id: "42", name: "x" } },
    ];
    for (const value of nearly) {
      const back = fromAuthZen(toAuthZen(value as unknown as Request));
      expect(back).toBeNull();
      expect(policy.decide(back)).toMatchObject({ effect: "deny", code: "bad-request" });
    }
  });

  test("any value gives a request or null, and null is denied", () => {
    const values = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true });
    fc.assert(
      fc.property(values, (value) => {
        expect(fromAuthZen(value)).toBeNull();
        expect(policy.decide(toAuthZen(value as Request))).toMatchObject({
          effect: "deny",
          code: "bad-request",
        });
      }),
    );
  });

  test("one part that is not understood makes the whole not understood", () => {
    const good = throughJson(toAuthZen(listed)) as Record<string, Record<string, unknown>>;
    expect(policy.decide(fromAuthZen(good)).effect).toBe("allow");
    const changes: readonly Record<string, unknown>[] = [
      { subject: undefined },
      { subject: "sender" },
      { subject: { ...good["subject"], type: "user" } },
      { subject: { ...good["subject"], id: 42 } },
      { subject: { ...good["subject"], id: "42" } },
      { subject: { ...good["subject"], id: "roomy:42" } },
      { subject: { ...good["subject"], id: "fl%61t:42" } },
      { subject: { ...good["subject"], department: "sales" } },
      { subject: { ...good["subject"], properties: null } },
      { subject: { ...good["subject"], properties: { isbot: true } } },
      { subject: { ...good["subject"], type: "nobody" } },
      { action: { name: "read" } },
      { action: { name: "message", properties: { elevated: true } } },
      { resource: { ...good["resource"], type: "room" } },
      { resource: { ...good["resource"], properties: { kind: "dm", account: "default" } } },
      { context: null },
      { context: [] },
      { context: { time: "1985-10-26T01:22-07:00" } },
      { context: { mentioned: "yes" } },
      { context: { sender: { id: "42" } } },
      { context: JSON.parse('{"__proto__":{"event":"message"}}') },
    ];
    for (const change of changes)
      expect(fromAuthZen({ ...good, ...change }), JSON.stringify(change)).toBeNull();
  });

  test("members beside the four are ignored, as AuthZEN demands", () => {
    expect(fromAuthZen({ ...toAuthZen(listed), foo: "bar", options: { nested: true } })).toEqual(listed);
  });

  test("a value that throws or changes while it is read is not understood, or is what was read", () => {
    const thrower = new Proxy({}, { ownKeys: () => expect.fail("read") });
    expect(fromAuthZen(thrower)).toBeNull();
    expect(fromAuthZen({ ...toAuthZen(listed), context: thrower })).toBeNull();
    let reads = 0;
    const fickle = { ...listed, sender: { id: "7" } };
    Object.defineProperty(fickle, "provider", {
      enumerable: true,
      get: () => (reads++ === 0 ? "flat" : expect.fail("read twice")),
    });
    expect(fromAuthZen(toAuthZen(fickle))).toBeNull();
  });
});

const granting = (...obligations: Obligation[]): Decision => ({
  effect: "allow",
  code: "tool-allowed",
  agent: "main",
  session: null,
  rules: [{ path: "flat.allowFrom", file: "clawdbot.json", line: 7, column: 3 }, { path: "tools.allow" }],
  obligations,
  trace: [],
  policy: "sha256:0",
});
const runIn = (place: "sandbox" | "host" | "gateway"): Obligation => ({
  kind: "run-in",
  place,
  workspaceAccess: "none",
  scope: "agent",
});

describe("answers", () => {
  test("challenge and deny are false", () => {
    const challenge = evaluation(policy.decide(aDm(flat, "1")));
    expect(challenge).toMatchObject({
      decision: false,
      context: { code: "pairing-required", effect: "challenge" },
    });
    expect(evaluation(policy.decide(null))).toMatchObject({
      decision: false,
      context: { code: "bad-request" },
    });
    expect(evaluation({ ...granting(), effect: "deny" }).context).not.toHaveProperty("not_understood");
  });

  test("the reason for administrators names code and rules with their lines; users learn neither", () => {
    const { reason_admin, reason_user } = evaluation({ ...granting(), effect: "deny" }).context;
    expect(reason_admin.en).toBe("tool-allowed: flat.allowFrom (clawdbot.json:7:3), tools.allow");
    expect(reason_user.en).toBe("Not allowed.");
  });

  const plain: readonly Obligation[] = [
    { kind: "start-turn", authority: "listed" },
    { kind: "run-command", command: "status", authority: "listed" },
    runIn("gateway"),
  ];
  const owed: readonly Obligation[] = [
    runIn("sandbox"),
    runIn("host"),
    { kind: "await-approval" },
    { kind: "remember-as-context" },
    { kind: "stay-silent" },
    { kind: "send-pairing-code" },
    { kind: "count-against-budget", profile: "guest", budget: { turnsPerDay: 9 } },
    { kind: "of a later version" } as unknown as Obligation,
  ];

  test.each(plain)("$kind is what a plain yes means", (obligation) => {
    expect(evaluation(granting(obligation)).decision).toBe(true);
  });

  test.each(owed)("$kind is a no to whoever does not say that they keep it", (obligation) => {
    const { kind } = obligation;
    for (const obligations of [[obligation], [...plain, obligation]]) {
      const answer = evaluation(granting(...obligations));
      expect(answer).toMatchObject({ decision: false, context: { not_understood: [kind], obligations } });
      expect(evaluation(granting(...obligations), [kind]).decision).toBe(true);
    }
    expect(evaluation(granting(obligation, runIn("host")), [kind]).decision).toBe(kind === "run-in");
  });

  test("a yes never stands where the engine did not allow, whatever is understood", () => {
    const all = [...plain, ...owed].map(({ kind }) => kind);
    fc.assert(
      fc.property(requests, (request) => {
        const decision = policy.decide(request);
        expect(evaluation(decision, all).decision).toBe(decision.effect === "allow");
        expect(evaluation(decision).decision && decision.effect !== "allow").toBe(false);
      }),
    );
  });
});

describe("several questions", () => {
  const decide = (request: Request | null) => policy.decide(request);
  const yes = toAuthZen(aDm(flat, "42"));
  const no = toAuthZen(aDm(flat, "1"));
  const answers = (body: unknown) => {
    const result = evaluations(body, decide);
    return "evaluations" in result ? result.evaluations.map(({ decision }) => decision) : result.decision;
  };

  test("are answered in their order, all of them unless a semantic says where to stop", () => {
    const asked = [yes, no, yes, no];
    const with_ = (semantic: string) =>
      answers({ evaluations: asked, options: { evaluations_semantic: semantic } });
    expect(answers({ evaluations: asked })).toEqual([true, false, true, false]);
    expect(answers({ evaluations: asked, options: { another_option: "value" } })).toHaveLength(4);
    expect(with_("execute_all")).toEqual([true, false, true, false]);
    expect(with_("deny_on_first_deny")).toEqual([true, false]);
    expect(with_("permit_on_first_permit")).toEqual([true]);
    expect(
      answers({ evaluations: [no, no], options: { evaluations_semantic: "permit_on_first_permit" } }),
    ).toEqual([false, false]);
  });

  test("take from the whole what they leave out, each member as a whole", () => {
    const { subject, ...rest } = yes;
    expect(answers({ ...rest, evaluations: [{ subject }, {}, { subject: { type: "sender" } }] })).toEqual([
      true,
      false,
      false,
    ]);
    expect(answers({ ...yes, evaluations: [{}, null, 7, { subject: null }, no] })).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  test("are one where there is no list of them", () => {
    expect(answers(yes)).toBe(true);
    expect(answers({ ...yes, evaluations: [] })).toBe(true);
    expect(answers(no)).toBe(false);
  });

  test("are denied as one where they cannot be read", () => {
    const thrower = Object.defineProperty({ ...yes }, "options", {
      enumerable: true,
      get: () => expect.fail("read"),
    });
    const bodies: unknown[] = [null, [yes], thrower, { ...yes, evaluations: {} }, { ...yes, options: "all" }];
    bodies.push({ ...yes, options: { evaluations_semantic: "permit_all" } });
    bodies.push({ ...yes, options: { evaluations_semantic: null } });
    bodies.push({ ...yes, evaluations: Array.from({ length: 1001 }, () => yes) });
    for (const body of bodies) expect(answers(body)).toBe(false);
    expect(answers({ evaluations: Array.from({ length: 1000 }, () => yes) })).toHaveLength(1000);
  });
});
