import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aPolicy, networks } from "../../test/builders.ts";
import { checkExamples, exampleIssues } from "./examples.ts";

const config = {
  commands: { ownerAllowFrom: ["flat:42"] },
  agents: {
    list: [
      { id: "main", default: true },
      { id: "bare", sandbox: { mode: "off" } },
    ],
  },
  flat: {
    dmPolicy: "pairing",
    allowFrom: ["42", "7"],
    groups: { "77": { requireMention: true, topics: { "5": { enabled: false } } } },
  },
  guilded: { groupPolicy: "allowlist", guilds: { "9": { users: ["7"], channels: { "77": {} } } } },
};
const policy = aPolicy(config);
const resultOf = (sentence: string, verdict: unknown) => checkExamples(policy, [{ [sentence]: verdict }])[0]!;

describe("a sentence holds when everybody whom it speaks of gets that answer", () => {
  test.each([
    ["flat:42 in dm", "allow"],
    ["flat:1 in dm", "challenge"],
    ["owner on flat in dm", "allow"],
    ["friend on flat in dm", "allow"],
    ["paired on flat in dm", "allow"],
    ["paired on guilded in channel", "deny"],
    ["paired in group", "deny", false],
    ["stranger in dm on", "deny", null],
    ["stranger in channel", "deny", false],
    ["stranger uses bash in group", "deny", false],
    ["stranger uses bash in group", "sandbox", false],
    ["stranger uses bash elevated in group", "deny"],
    ["stranger uses bash in dm", "deny"],
    ["stranger uses cron in group", "deny"],
    ["flat:7 in flat:group:77", "allow"],
    ["flat:7 without a mention in flat:group:77", "deny"],
    ["friend in flat:group:77 topic 5", "deny"],
    ["friend in flat:group:78", "deny"],
    ["guilded:7 in guilded:channel:77", "allow"],
    ["guilded:8 in guilded:channel:77", "deny"],
    ["friend on guilded in guilded:channel:77", "allow"],
    ["flat:42 uses bash in dm", "host"],
    ["friend uses bash in dm", "sandbox"],
    ["friend uses bash in dm as bare", "host"],
    ["owner uses cron in dm", "gateway"],
    ["owner gives /config in dm", "deny"],
    ["owner gives /verbose in dm", "allow"],
    ["friend gives /verbose in dm", "deny"],
    ["friend gives /status in dm", "allow"],
    ["owner sends to flat:group:77 in dm", "allow"],
    ["owner sends to flat:group:78 in dm", "deny"],
    ["friend sends to flat:group:77 in dm", "deny"],
    ["owner on desk in dm", "allow"],
  ] as const)("%s: %s", (sentence, verdict, holds: boolean | null = true) => {
    expect(resultOf(sentence, verdict)).toMatchObject({ sentence, holds });
  });
});

test("without a network it ranges over all, named and unnamed", () => {
  // The friend of one network is let in, the one of the other is unknown in its direct messages.
  expect(resultOf("friend in group", "allow")).toMatchObject({ holds: false });
  const open = aPolicy({ ...config, flat: { ...config.flat, dmPolicy: "open", allowFrom: ["*"] } });
  expect(checkExamples(open, [{ "stranger in dm": "challenge" }])[0]).toMatchObject({ holds: false });
});

test("the witness is a request that is decided otherwise than the sentence says", () => {
  for (const [sentence, verdict] of [
    ["stranger in dm", "allow"],
    ["stranger uses bash in dm", "allow"],
    ["friend uses bash in dm", "host"],
    ["owner sends to flat:group:78 in dm", "allow"],
  ] as const) {
    const result = resultOf(sentence, verdict);
    if (result.holds !== false) throw new Error(sentence);
    const { request, state } = result.witness.at(-1)!;
    const decision = policy.decide(request, state);
    expect(result.found).toContain(`${decision.effect} (${decision.code}`);
    expect(result.expected).toBe(verdict);
  }
});

test("a room is refused by its topic alone, and the sentence about every group sees it", () => {
  const whole = aPolicy({
    flat: { groupPolicy: "open", groups: { "*": {}, "77": { topics: { "5": { enabled: false } } } } },
  });
  const result = checkExamples(whole, [{ "stranger on flat in group": "allow" }])[0]!;
  expect(result).toMatchObject({ holds: false, found: expect.stringContaining("topic 5") });
});

test.each([
  "",
  "somebody in dm",
  "flat: in dm",
  "nowhere:1 in dm",
  "stranger on nowhere in dm",
  "stranger uses hammer in dm",
  "stranger uses in dm",
  "stranger gives status in dm",
  "stranger gives /hammer in dm",
  "stranger without mention in dm",
  "stranger sends to flat in dm",
  "stranger in",
  "stranger in nowhere:group:1",
  "stranger in flat:dm:1",
  "flat:1 in guilded:channel:77",
  "flat:1 on guilded in dm",
  "stranger in dm as main",
  "stranger uses bash in dm as nobody",
  "stranger in dm today",
  "constructor in dm",
])("is not understood: %s", (sentence) => {
  expect(resultOf(sentence, "deny")).toMatchObject({ holds: null });
});

test("a sentence about nobody is a mistake and not a success", () => {
  expect(checkExamples(aPolicy({}), [{ "owner in dm": "deny" }])[0]).toMatchObject({
    holds: null,
    message: expect.stringContaining("nobody"),
  });
  expect(resultOf("friend on roomy in dm", "deny")).toMatchObject({ holds: null });
});

test("issues carry the key, the position, what was expected and what was found", () => {
  const examples = [
    { "stranger on flat in dm": "allow" },
    { "flat:42 in dm": "allow" },
    { nonsense: "deny" },
  ];
  const issues = exampleIssues(
    { ...config, access: { examples } },
    {
      networks,
      locate: (path) =>
        path.length === 3 ? { file: "c.json", line: Number(path[2]), column: 1 } : undefined,
    },
  );
  expect(issues.map(({ code, path, line, severity }) => [code, path, line, severity])).toEqual([
    ["example-violated", 'access.examples[0]["stranger on flat in dm"]', 0, "error"],
    ["example-not-understood", "access.examples[2].nonsense", 2, "error"],
  ]);
  expect(issues[0]!.message).toContain("challenge (pairing-required) for flat:stranger");
  expect(issues[1]!.hint).toContain("<who> <what> in <where>");
});

test("no examples, or a config that makes no policy, give no issues", () => {
  expect(exampleIssues(config, { networks })).toEqual([]);
  expect(exampleIssues({ flat: { dmPolicy: "none" }, access: { examples: 7 } }, { networks })).toEqual([]);
});

test("an embedder whose locate fails costs the position alone", () => {
  const options = {
    networks,
    get locate(): never {
      throw new Error("no");
    },
  };
  const issues = exampleIssues({ access: { examples: [{ nonsense: "deny" }] } }, options);
  expect(issues).toMatchObject([{ code: "example-not-understood", severity: "error" }]);
  expect(issues[0]).not.toHaveProperty("line");
});

test("any value of the key gives a list of issues", () => {
  const words = fc.constantFrom(
    "stranger",
    "owner",
    "in",
    "dm",
    "uses",
    "bash",
    "flat:1",
    "as",
    "__proto__",
    "flat:group:77",
    "topic",
    "sends",
    "to",
  );
  const sentence = fc.array(words, { maxLength: 7 }).map((list) => list.join(" "));
  const verdict = fc.oneof(fc.constantFrom("allow", "deny", "host"), fc.jsonValue());
  const examples = fc.oneof(
    fc.jsonValue(),
    fc.array(fc.dictionary(fc.oneof(sentence, fc.string()), verdict)),
  );
  fc.assert(
    fc.property(examples, (value) => {
      for (const issue of exampleIssues({ ...config, access: { examples: value } }, { networks }))
        expect(issue.path).toMatch(/^access\.examples/);
    }),
  );
});
