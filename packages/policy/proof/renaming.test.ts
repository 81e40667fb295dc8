/**
 * INVARIANT: the engine only compares ids, so a renaming of everybody and everything changes nothing but names. With it,
 * what holds for the few names of the small scope holds for all names.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { compile } from "../src/index.ts";
import { expectSection, grouped } from "./guarantees.ts";
import { networks } from "./networks.ts";
import {
  idNames,
  profileNames,
  renameCase,
  renameConfig,
  shapeOf,
  slugNames,
  type Renaming,
} from "./renaming.ts";
import { spread } from "./product.ts";
import type { Sayings } from "./reference-config.ts";
import type { Case, Slice } from "./scope.ts";
import { slices } from "./slices.ts";

const none: Renaming = new Map();

/** Compares all decisions before and after; the number of pairs compared. */
function expectInvariance(config: Sayings, cases: readonly Case[], renamings: readonly Renaming[]): number {
  const before = compile(config, { networks });
  for (const renaming of renamings) {
    const after = compile(renameConfig(config, renaming), { networks });
    expect(after.ok, JSON.stringify({ config, renaming: [...renaming] })).toBe(before.ok);
    if (!before.ok || !after.ok) continue;
    for (const asked of cases) {
      const { request, state } = renameCase(asked, renaming);
      const got = JSON.stringify(shapeOf(after.policy.decide(request, state), none));
      const expected = JSON.stringify(shapeOf(before.policy.decide(asked.request, asked.state), renaming));
      if (got !== expected)
        expect({ config, asked, renaming: [...renaming], got }).toEqual({ got: expected });
    }
  }
  return before.ok ? cases.length * renamings.length : 0;
}

function permutations(names: readonly string[]): readonly (readonly string[])[] {
  if (names.length === 0) return [[]];
  return names.flatMap((first) =>
    permutations(names.filter((name) => name !== first)).map((rest) => [first, ...rest]),
  );
}

/** Every permutation of the names, crossed with those of the other lists. */
function renamingsOf(...lists: readonly (readonly string[])[]): readonly Renaming[] {
  return lists.reduce<readonly Renaming[]>(
    (renamings, names) =>
      renamings.flatMap((renaming) =>
        permutations(names).map(
          (to) => new Map([...renaming, ...names.map((name, index) => [name, to[index]!] as const)]),
        ),
      ),
    [new Map()],
  );
}

/** Not those whose requests hold names that are written otherwise: as commands, or encoded in the keys of sessions. */
const sampled = slices.filter(({ name }) => name !== "sessions" && name !== "commands");

/** Its configs but those with a wildcard for a part of an agent's name, which is the one thing that looks into names. */
function namedInFull(slice: Slice): readonly Sayings[] {
  const isPart = (entry: unknown) => typeof entry === "string" && /[^*]\*|\*[^*]/.test(entry);
  const holds = (value: unknown, key: string): boolean => {
    if (Array.isArray(value)) {
      const isOfAgents = key === "agents" || key === "allowAgents" || key === "allow";
      return (isOfAgents && value.some(isPart)) || value.some((item) => holds(item, ""));
    }
    if (typeof value !== "object" || value === null) return false;
    return Object.entries(value).some(([inner, item]) => holds(item, inner));
  };
  return slice.configs().filter((config) => !holds(config, ""));
}

test("every permutation of the names in use changes names only", { timeout: 180_000 }, () => {
  // Profiles change places in every other one: nothing but their names is theirs alone.
  const swapped = new Map([
    ["kids", "aunts"],
    ["aunts", "kids"],
  ]);
  const people = [
    ["alice", "bob", "constructor"],
    ["g1", "g2"],
    ["c1", "c2"],
    ["work", "home"],
  ];
  const renamings = renamingsOf(...people)
    .slice(1)
    .map((renaming, at) => (at % 2 === 0 ? new Map([...renaming, ...swapped]) : renaming));
  let pairs = 0;
  for (const slice of sampled) {
    const cases = spread(slice.cases(), 30);
    for (const config of spread(namedInFull(slice), 8)) pairs += expectInvariance(config, cases, renamings);
  }
  expect(pairs).toBeGreaterThan(20_000);
  expectSection("renaming", [
    "## Names do not matter",
    "",
    "The engine may compare ids and do nothing else with them. For every permutation of people, groups, channels, accounts,",
    "agents and profiles, and for renamings to random and hostile ids, deciding a renamed request under the renamed config gives the",
    "renamed decision. So what holds for the few names of the small scope holds for every name.",
    "",
    `Permutations: ${renamings.length}. Pairs of decisions compared: ${grouped(pairs)}.`,
  ]);
});

const hostile = fc.constantFrom(
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "toString",
  "default",
  "length",
  "0",
  "-0",
  "null",
  "undefined",
  "main",
  "a:b",
  "a|b/c\\d",
  "\u202Ealice",
  "al\u200Bice",
  "é",
  "e\u0301",
  "\ud800",
  "x".repeat(4096),
);
const anyId = fc.oneof(
  hostile,
  fc
    .string({ unit: "binary", minLength: 1, maxLength: 12 })
    .filter((id) => networks[0]!.canonicalSender(id).ok && id.trim() === id),
);
const anySlug = fc
  .stringMatching(/^[a-z][a-z0-9_-]{0,20}$/)
  // What no account may be called.
  .filter((slug) => !["main", "default", "dm", "group", "channel"].includes(slug));

const anyProfile = fc
  .stringMatching(/^[a-z][a-z0-9-]{0,20}$/)
  .filter((name) => !["owner", "friend", "stranger"].includes(name));

const anyRenaming = fc
  .record({
    ids: fc.uniqueArray(anyId, { minLength: idNames.length, maxLength: idNames.length }),
    slugs: fc.uniqueArray(anySlug, { minLength: slugNames.length, maxLength: slugNames.length }),
    profiles: fc.uniqueArray(anyProfile, { minLength: profileNames.length, maxLength: profileNames.length }),
  })
  .map(
    ({ ids, slugs, profiles }): Renaming =>
      new Map([
        ...idNames.map((name, index) => [name, ids[index]!] as const),
        ...slugNames.map((name, index) => [name, slugs[index]!] as const),
        ...profileNames.map((name, index) => [name, profiles[index]!] as const),
      ]),
  );

test("a renaming to any ids at all, hostile ones included, changes names only", { timeout: 180_000 }, () => {
  // Keys of sessions hold hostile ids encoded, which a request would have to do by hand.
  const isPlain = ({ request }: Case) =>
    !("session" in request && request.session.split(":").some((part) => idNames.includes(part)));
  const prepared = sampled.map((slice) => ({
    configs: namedInFull(slice),
    cases: slice.cases().filter(isPlain),
  }));
  const anyQuestion = fc.nat({ max: prepared.length - 1 }).chain((which) => {
    const { configs, cases } = prepared[which]!;
    return fc.record({
      config: fc.constantFrom(...configs),
      asked: fc.array(fc.constantFrom(...cases), { minLength: 8, maxLength: 8 }),
    });
  });
  fc.assert(
    fc.property(anyQuestion, anyRenaming, ({ config, asked }, renaming) => {
      expectInvariance(config, asked, [renaming]);
    }),
    { numRuns: 2_000 },
  );
});
