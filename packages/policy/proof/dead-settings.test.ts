/** Settings and grants that lint calls idle, and those that it does not, in configs by chance: the config is changed, and `diff` asked. */
import { expect, test } from "vitest";
import { formatPath, type ConfigPath } from "../src/config-path.ts";
import { compile, type Policy } from "../src/index.ts";
import { diff } from "../src/analysis/index.ts";
import { alikeUnder } from "../src/analysis/alike.ts";
import { entriesAt, keysAt, valueAt, withoutValue, withValue } from "../src/analysis/config-edit.ts";
import { settings } from "../src/analysis/dead-settings.ts";
import { landscapeOf } from "../src/analysis/landscape.ts";
import { deadEntries } from "../src/analysis/lint-dead.ts";
import { planOf } from "../src/plan-of.ts";
import { networks } from "./networks.ts";
import { chanceOf } from "./random.ts";
import { randomConfig } from "./random-configs.ts";

const policyOf = (config: unknown): Policy | null => {
  const compiled = compile(config, { networks });
  return compiled.ok ? compiled.policy : null;
};
const changes = (before: Policy, after: unknown): number => diff(before, policyOf(after)!).changes.length;

/** Without the places where it is written: what a policy does. */
const contentOf = (policy: Policy): string =>
  JSON.stringify(planOf(policy), (key, value: unknown) => {
    if (key === "hash" || key === "verdicts" || key === "rule" || key === "rules" || key.endsWith("Rule"))
      return undefined;
    if (value instanceof Map) return [...value];
    return value instanceof Set ? [...(value as Set<string>)].toSorted((a, b) => (a < b ? -1 : 1)) : value;
  });

function settingsIn(
  config: unknown,
): readonly { readonly path: ConfigPath; readonly words: readonly string[] }[] {
  const lists = entriesAt(config, ["agents", "list"]).map((path) => [...path, "sandbox"]);
  return [["agents", "defaults", "sandbox"], ...lists].flatMap((section) =>
    settings
      .map(({ key, words }) => ({ path: [...section, key], words }))
      .filter(({ path }) => valueAt(config, path) !== undefined),
  );
}

function grantsIn(config: unknown): readonly ConfigPath[] {
  const written = (path: ConfigPath, word: string) => (valueAt(config, path) === word ? [path] : []);
  return [
    ...keysAt(config, ["access", "profiles"]).flatMap((name) => {
      const profile = ["access", "profiles", name];
      return [
        ...written([...profile, "send"], "accepted"),
        ...written([...profile, "sessions"], "agent"),
        ...entriesAt(config, [...profile, "ask"]),
      ];
    }),
    ...entriesAt(config, ["agents", "list"]).flatMap((path) =>
      entriesAt(config, [...path, "subagents", "allowAgents"]),
    ),
  ];
}

/** What would show in one of these configs that the path decides something. */
function casesIn(config: unknown) {
  const without = (path: ConfigPath) => withoutValue(config, path);
  return [
    ...settingsIn(config).map(({ path, words }) => ({
      kind: "setting" as const,
      path,
      others: words.map((word) => withValue(config, path, word)),
    })),
    ...grantsIn(config).map((path) => ({ kind: "grant" as const, path, others: [without(path)] })),
  ].map((each) => ({ ...each, without: without(each.path) }));
}

test(
  "a setting or a grant is called idle exactly where it is, in 40 configs by chance",
  { timeout: 600_000 },
  () => {
    const counts = { setting: { idle: 0, all: 0 }, grant: { idle: 0, all: 0 } };
    for (let seed = 0; seed < 40; seed++) {
      const config = randomConfig(chanceOf(seed + 5_000));
      const policy = policyOf(config);
      if (policy === null) continue;
      const landscape = landscapeOf([policy]);
      const found = deadEntries({ config, options: { networks } }, landscape, alikeUnder(landscape));
      const idle = new Set([...found.settings, ...found.grants].map(({ path }) => formatPath(path)));
      for (const { kind, path, others, without } of casesIn(config)) {
        const key = formatPath(path);
        const isIdle = others.every((other) => changes(policy, other) === 0);
        // What only says what holds without it may be passed over.
        const isSpelledOut = contentOf(policyOf(without)!) === contentOf(policy);
        if (!isIdle || !isSpelledOut || idle.has(key))
          expect(idle.has(key), `seed ${seed}, ${key}`).toBe(isIdle);
        counts[kind].all++;
        if (idle.has(key)) counts[kind].idle++;
      }
    }
    for (const { idle, all } of Object.values(counts)) {
      expect(idle).toBeGreaterThan(5);
      expect(all - idle).toBeGreaterThan(50);
    }
  },
);
