/** Dead entries against the config without each of them. */
import type { ConfigPath } from "../src/config-path.ts";
import type { Network, Policy } from "../src/index.ts";
import { answerOf, keyOfAnswer } from "../src/analysis/answer.ts";
import { entriesAt, keysAt, valueAt, withoutValue } from "../src/analysis/config-edit.ts";
import { placesOf } from "../src/analysis/config-places.ts";
import { peopleEntries } from "../src/analysis/people-entries.ts";
import { toolEntriesIn, toolRulesIn } from "../src/analysis/tool-entries.ts";
import type { Compared } from "./analysis-diff.ts";
import type { Parts } from "./analysis-parts.ts";
import type { Case } from "./scope.ts";

export interface Examined {
  readonly config: unknown;
  readonly networks: readonly Network[];
}

/** Every entry that the linter examines. */
export function examined({ config, networks }: Examined): readonly ConfigPath[] {
  const agents = entriesAt(config, ["agents", "list"]);
  const profiles = keysAt(config, ["access", "profiles"]).map((name) => ["access", "profiles", name]);
  return [
    ...peopleEntries(config, { networks }).map(({ path }) => path),
    ...networks.flatMap((network) => placesOf(config, network)).flatMap((place) => inPlace(config, place)),
    ...[["tools"], ...agents.map((path) => [...path, "tools"])].flatMap((path) => toolRulesIn(config, path)),
    ...toolEntriesIn(config, ["tools", "subagents", "tools"]),
    ...profiles.flatMap((path) => [
      ...toolEntriesIn(config, [...path, "tools"]),
      ...entriesAt(config, [...path, "commands"]),
    ]),
    ...entriesAt(config, ["bindings"]).filter((path) => !isOfPerson(config, path)),
  ];
}

/** Those of one person are among the entries of people. */
function isOfPerson(config: unknown, binding: ConfigPath): boolean {
  const peer = [...binding, "match", "peer"];
  return valueAt(config, [...peer, "kind"]) === "dm" && valueAt(config, [...peer, "id"]) !== "*";
}

function inPlace(
  config: unknown,
  { path, level }: Pick<ReturnType<typeof placesOf>[number], "path" | "level">,
): readonly ConfigPath[] {
  if (path.includes("*")) return [];
  const held = level === "guild" ? "channels" : "topics";
  return [
    path,
    ...keysAt(config, path)
      .filter((key) => key !== held)
      .map((key) => [...path, key]),
    ...toolEntriesIn(config, [...path, "tools"]),
    ...keysAt(config, [...path, "toolsBySender"]).flatMap((key) =>
      toolEntriesIn(config, [...path, "toolsBySender", key]),
    ),
  ];
}

/**
 * An entry is dead exactly where nothing changes without it, by `diff` and by the decisions themselves. `cases`: requests
 * to ask under both configs. `choose`: which of the entries that are not named dead are looked at; of the others all are.
 */
export function compareDead(
  parts: Parts,
  { config, networks }: Examined,
  policyOf: (config: unknown) => Policy | null,
  cases: readonly Case[],
  choose: (living: readonly ConfigPath[]) => readonly ConfigPath[],
): Compared {
  const { deadEntries, alikeUnder, landscapeOf, diff } = parts;
  const policy = policyOf(config)!;
  const landscape = landscapeOf([policy]);
  const found = deadEntries({ config, options: { networks } }, landscape, alikeUnder(landscape));
  const dead = new Set(
    [
      ...[...found.people, ...found.places].map(({ path }) => path),
      ...found.tools,
      ...found.bindings,
      ...found.commands,
    ].map((path) => JSON.stringify(path)),
  );
  const isNamed = (path: ConfigPath) => dead.has(JSON.stringify(path));
  const entries = examined({ config, networks });
  let requests = 0;
  for (const path of [...entries.filter(isNamed), ...choose(entries.filter((each) => !isNamed(each)))]) {
    const without = policyOf(withoutValue(config, path));
    if (without === null) continue;
    const isDead = isNamed(path);
    const changes = diff(policy, without).changes.length;
    if (isDead !== (changes === 0))
      return { requests, changed: dead.size, wrong: JSON.stringify({ path, isDead, changes }) };
    if (!isDead) continue;
    for (const { request, state } of cases) {
      requests++;
      const [was, is] = [policy, without].map((each) => keyOfAnswer(answerOf(each.decide(request, state))));
      if (was !== is)
        return { requests, changed: dead.size, wrong: JSON.stringify({ path, request, state }) };
    }
  }
  return { requests, changed: dead.size, wrong: null };
}
