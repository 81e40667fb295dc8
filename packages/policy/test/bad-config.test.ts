/**
 * Whatever is passed as config or options: a policy or a list of issues, never an exception; and what is not understood
 * grants nothing.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { compile, type CompileOptions, type Network } from "../src/index.ts";
import { accessShape, policySections } from "../src/schema.ts";
import { aPolicy, flat, networks } from "./builders.ts";
import { everyKey } from "./every-key.ts";
import { friends, full, isDecision } from "./full-requests.ts";
import { deep, everything, foreignValues, oddValues, placesIn, withAt } from "./hostile.ts";
import { fewWords, requestsOf, type Words } from "./requests.ts";

describe("as a config", () => {
  const section = (layout: Network["layout"]) =>
    z.strictObject({
      ...accessShape(layout),
      accounts: z.record(z.string(), z.strictObject(accessShape(layout))).optional(),
    });
  const shape = z.strictObject({
    $schema: z.string().optional(),
    ...policySections,
    ...Object.fromEntries(networks.map(({ id, layout }) => [id, section(layout).optional()])),
  });
  const words: Words = {
    ...fewWords,
    id: fc.constantFrom("77", "9", "5", "7"),
    sender: fc.constantFrom("1", "1", "2"),
    agent: fc.constantFrom("main", "other"),
  };
  const sample = [...Object.values(full), ...fc.sample(requestsOf(words), { numRuns: 100, seed: 7 })];
  const answers = (config: unknown) => {
    const result = compile(config, { networks });
    return result.ok && sample.map((request) => ({ ...result.policy.decide(request), policy: "" }));
  };
  // What an account inherits is read as the network's own is.
  const places = placesIn(everyKey).filter((path) => path.indexOf("accounts") < 0 || path.length < 5);

  /** Some of the values for each place, so that each value meets many places. */
  function* spread(values: typeof oddValues, each: number): Generator<[string, unknown]> {
    for (const [at, path] of places.entries()) {
      for (let step = 0; step < each; step++) {
        const [name, make] = values[(at + step * 5) % values.length]!;
        yield [`${name} at ${path.join(".")}`, withAt(everyKey, path, make())];
      }
    }
  }

  test("what JSON cannot say is an issue wherever it stands", () => {
    for (const [where, config] of spread(foreignValues, 2)) {
      const result = compile(config, { networks });
      expect(result.ok ? [] : result.issues.map(({ code }) => code), where).toContain("not-json");
    }
  });

  test("a value of the wrong kind is an error, or changes nothing because the engine does not ask for it", () => {
    const unchanged = answers(everyKey);
    let accepted = 0;
    for (const [where, config] of spread(oddValues, 3)) {
      const { error } = shape.safeParse(config);
      // Unknown keys are the schema's own business.
      if (!error?.issues.some(({ code }) => code !== "unrecognized_keys")) continue;
      const decided = answers(config);
      if (decided !== false) accepted++;
      expect(decided === false || decided, where).toEqual(decided === false || unchanged);
    }
    expect(accepted).toBeGreaterThan(20);
  });

  test("any value makes issues, or a policy whose every answer is a decision", () => {
    const words = placesIn(everyKey).flat();
    const word = fc.constantFrom(...words, "*", "__proto__", "constructor", "open", "telegram:1", "agents");
    const leaf = fc.oneof(word, fc.boolean(), fc.constantFrom(null, 1, "42", "flat:42", "off", "host"));
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6, withCrossShrink: true },
        leaf,
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(word, tie("tree"), { maxKeys: 4, noNullPrototype: false }),
      ),
    }));
    const inPlace = fc
      .tuple(fc.nat(places.length - 1), tree)
      .map(([at, value]) => withAt(everyKey, places[at]!, value));
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
    });
    let compiled = 0;
    fc.assert(
      fc.property(fc.oneof(anything, tree, inPlace, inPlace), (config) => {
        const result = compile(config, { networks });
        if (result.ok) {
          compiled++;
          for (const request of sample.slice(0, 20))
            expect(isDecision(result.policy.decide(request))).toBe(true);
        } else {
          const errors = result.issues.filter(({ severity }) => severity !== "warning");
          expect(errors.length).toBeGreaterThan(0);
          for (const issue of errors)
            for (const text of Object.values(issue)) expect(text).toBeTypeOf("string");
        }
      }),
      { numRuns: 1000 },
    );
    expect(compiled).toBeGreaterThan(50);
  });

  test("defaults of agents that are no record are no defaults to be skipped", () => {
    const result = compile({ agents: { defaults: [{ sandbox: { mode: "all" } }] } }, { networks });
    expect(result).toMatchObject({ ok: false, issues: [{ code: "not-an-object", path: "agents.defaults" }] });
  });

  test("a config that holds itself is told where it begins again", () => {
    const groups: Record<string, unknown> = {};
    groups["77"] = { topics: { "5": groups } };
    const result = compile({ flat: { groups } }, { networks });
    const paths = result.ok ? [] : result.issues.map(({ code, path }) => `${code} ${path}`);
    expect(paths).toEqual(['not-json flat.groups["77"].topics["5"]']);
  });

  test("a hundred thousand levels, a million values and one thing held 2^60 times are issues", () => {
    let doubled: unknown = { id: "42" };
    for (let level = 0; level < 60; level++) doubled = { a: doubled, b: doubled };
    const long = Array.from({ length: 1_000_001 }, () => "42");
    const configs = [
      deep(100_000, (inner) => ({ groups: inner })),
      deep(100_000, (inner) => [inner]),
      doubled,
      long,
    ];
    for (const config of configs) {
      for (const place of [
        config,
        { flat: config },
        { flat: { groups: { "*": config } } },
        { elsewhere: config },
      ]) {
        const result = compile(place, { networks });
        expect(result.ok ? [] : result.issues.map(({ code }) => code)).toContain("not-json");
      }
    }
  });

  test("a hundred thousand people and a megabyte of text are compiled", () => {
    const people = Array.from({ length: 100_000 }, (_, at) => String(at + 1));
    const megabyte = "4".repeat(2 ** 20);
    const large = aPolicy({ [megabyte]: megabyte, flat: { dmPolicy: "allowlist", allowFrom: people } });
    const dm = (id: string) => ({
      ...full["message"],
      command: null,
      chat: { kind: "dm", id },
      sender: { id },
    });
    expect(large.decide(dm("99999")).effect).toBe("allow");
    expect(large.decide(dm("100001")).effect).toBe("deny");
  });

  test("a pattern of any length is judged in time", () => {
    for (const pattern of [
      `(${"+".repeat(2 ** 20)}`,
      `(${"a+".repeat(2 ** 19)}`,
      "(".repeat(2 ** 20),
      "a".repeat(2 ** 20),
    ]) {
      const result = compile({ messages: { groupChat: { mentionPatterns: [pattern] } } }, { networks });
      expect(result).toMatchObject({
        ok: false,
        issues: [{ code: expect.stringMatching(/^(bad|slow)-pattern$/) }],
      });
    }
  });

  test("a getter is asked once; what the config becomes later changes nothing", () => {
    let reads = 0;
    const config = { flat: { dmPolicy: "allowlist", allowFrom: ["42"] } };
    const get = () => (reads++ === 0 ? config.flat : { dmPolicy: "open", allowFrom: ["*"] });
    const compiled = aPolicy(Object.defineProperty({}, "flat", { enumerable: true, get }));
    expect(compiled.hash).toBe(aPolicy(structuredClone(config)).hash);
    config.flat.allowFrom.push("1");
    const request = { ...full["message"], chat: { kind: "dm", id: "1" }, sender: { id: "1" } };
    expect(compiled.decide(request).effect).toBe("deny");
    expect(reads).toBe(1);
  });

  test("inherited keys are no keys", () => {
    const polluted = { value: false, enumerable: true, configurable: true };
    Object.defineProperty(Object.prototype, "requireMention", polluted);
    const result = compile({ flat: { groups: { "77": {} } } }, { networks });
    delete (Object.prototype as { requireMention?: unknown }).requireMention;
    expect(result.ok ? [] : result.issues.map(({ code }) => code)).toContain("not-json");
    expect(compile(Object.create({ flat: { dmPolicy: "open", allowFrom: ["*"] } }), { networks }).ok).toBe(
      false,
    );
  });

  test("keys of Object.prototype are rooms, topics, accounts and profiles like any other", () => {
    const anyId = { ...flat, canonicalChat: (id: string) => ({ ok: true, id }) as const };
    const inRoom = (id: string, thread: string | null = null) => ({
      ...full["message"],
      command: null,
      chat: { kind: "group", id, thread },
    });
    const anyIds = { networks: [anyId] };
    for (const name of ["__proto__", "constructor", "toString"]) {
      const own = <Value>(value: Value) => Object.fromEntries([[name, value]]);
      const groups = aPolicy({ flat: { groups: own({ requireMention: false }) } }, anyIds);
      expect(groups.decide(inRoom(name)).effect).toBe("allow");
      expect(groups.decide(inRoom("valueOf"))).toMatchObject({ code: "group-not-listed" });
      const topics = aPolicy({ flat: { groups: { "77": { topics: own({ enabled: false }) } } } }, anyIds);
      expect(topics.decide(inRoom("77", name)).code).toBe("group-disabled");
      expect(topics.decide(inRoom("77", "valueOf")).effect).toBe("allow");
      const account = compile({ flat: { accounts: own({}) } }, anyIds);
      if (name === "constructor") expect(account.ok).toBe(true);
      else expect(account).toMatchObject({ ok: false, issues: [{ code: "bad-account-id" }] });
      const profile = compile({ access: { profiles: own({ members: ["flat:7"] }) } }, anyIds);
      if (name === "constructor") expect(profile.ok).toBe(true);
      else expect(profile).toMatchObject({ ok: false, issues: [{ code: "bad-profile-name" }] });
    }
  });

  test("keys of Object.prototype are tools and groups of tools like any other", () => {
    for (const name of ["__proto__", "constructor"]) {
      const tools = [{ name, kind: "gateway" as const, groups: [name], aliases: ["valueof"] }];
      const called = aPolicy({ flat: { allowFrom: ["1"] }, tools: { allow: [`group:${name}`] } }, { tools });
      const call = { ...friends, account: "default" };
      expect(called.decide({ ...call, contributors: [], tool: name }).effect).toBe("allow");
      expect(called.decide({ ...call, contributors: [], tool: "valueof" }).effect).toBe("allow");
      expect(called.decide({ ...call, contributors: [], tool: "hasOwnProperty" }).code).toBe("unknown-tool");
      const other = compile({ tools: { allow: ["hasownproperty", "group:tostring"] } }, { networks, tools });
      expect(other).toMatchObject({ issues: [{ code: "unknown-tool" }, { code: "unknown-tool" }] });
    }
  });
});

describe("as options", () => {
  const config = { flat: { allowFrom: ["42"], groups: { "77": {} } } };
  const compiled = (options: unknown) => compile(config, options as CompileOptions);

  test("a network that is none is an issue", () => {
    for (const [name, make] of [...oddValues, ...foreignValues]) {
      for (const list of [[make()], [flat, make()]])
        expect(compiled({ networks: list }), name).toMatchObject({
          ok: false,
          issues: [{ code: "bad-network" }],
        });
      for (const key of ["id", "layout", "canPair", "sharedSenders"] as const) {
        const value = make();
        if (typeof value === typeof flat[key] && key !== "layout" && value !== "") continue;
        if (key === "sharedSenders" && Array.isArray(value)) continue;
        const result = compiled({ networks: [{ ...flat, [key]: value }] });
        expect(result, `${name} as ${key}`).toMatchObject({ ok: false });
      }
    }
    expect(compiled({ networks: [flat, flat] })).toMatchObject({
      issues: [{ code: "bad-network", path: "options.networks[1]" }],
    });
  });

  test("what a network's own code throws or returns is an id that was not understood", () => {
    for (const [name, make] of [...oddValues, ...foreignValues]) {
      const returns = () => make() as never;
      const wrong = () => ({ ok: true, id: make() }) as never;
      const refuses = () => ({ ok: false, message: make(), hint: make() }) as never;
      const throws = () => {
        throw make();
      };
      for (const read of [returns, wrong, refuses, throws, make() as never]) {
        if (read === wrong && typeof make() === "string" && make() !== "") continue;
        const result = compiled({ networks: [{ ...flat, canonicalSender: read, canonicalChat: read }] });
        expect(result, name).toMatchObject({ ok: false });
        const codes = result.ok ? [] : result.issues.map(({ code }) => code);
        expect(
          codes.every((code) => code === "not-an-id"),
          `${name}: ${codes.join(" ")}`,
        ).toBe(true);
      }
    }
  });

  test("a place that cannot be found is left out", () => {
    const expected = aPolicy(config).decide(full["message"]);
    for (const [, make] of [...oddValues, ...foreignValues]) {
      for (const locate of [() => make(), (): never => everything() as never, throwing, make()]) {
        if (locate === undefined) continue;
        const result = compiled({ networks, locate });
        if (!result.ok) expect.fail(JSON.stringify(result.issues));
        const decision = result.policy.decide(full["message"]);
        expect(decision.effect).toBe(expected.effect);
        expect(decision.rules.map(({ path }) => path)).toEqual(expected.rules.map(({ path }) => path));
      }
    }
  });

  test("anything else makes issues or a policy", () => {
    for (const [name, make] of [["undefined", () => undefined] as const, ...oddValues, ...foreignValues]) {
      for (const options of [
        make(),
        { networks: make() },
        { networks, tools: make() },
        { networks, tools: [make()] },
      ]) {
        const result = compiled(options);
        if (!result.ok) expect(result.issues.length, name).toBeGreaterThan(0);
        else expect(isDecision(result.policy.decide(full["tool"])), name).toBe(true);
      }
    }
  });
});

function throwing(): never {
  throw new Error("no place");
}
