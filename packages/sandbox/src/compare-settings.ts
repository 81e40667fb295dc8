/**
 * Whether the settings of a sandbox give more than others do: every difference, each with its direction. Pure and total; what
 * no rule knows is a change. INVARIANT: with `narrows` alone nothing can be reached that could not be before
 * (compare-settings.test.ts).
 */
import type { SettingChange } from "@clawd/kernel";
import { compareBinds, compareTmpfs } from "./compare-mounts.ts";
import type { DockerSettings, SandboxSettings } from "./settings.ts";
import {
  atMost,
  atMostHours,
  canonical,
  differ,
  type Difference,
  exactly,
  inOrder,
  nothing,
  type Rule,
} from "./setting-rules.ts";

/** A rule that sees the whole block, or one for a value alone. A field of the settings without an entry does not compile. */
type Rules<Block> = {
  readonly [Field in keyof Required<Block>]: {
    readonly key: string;
    readonly compare: (before: Block, after: Block) => readonly Difference[];
  };
};

const alone = <Block, Field extends keyof Block>(
  key: string,
  field: Field,
  rule: Rule<Block[Field]>,
): Rules<Block>[keyof Block] => ({ key, compare: (before, after) => rule(before[field], after[field]) });

const of = <Field extends keyof DockerSettings>(field: Field, rule: Rule<DockerSettings[Field]>) =>
  alone<DockerSettings, Field>(`docker.${field}`, field, rule);

const bytes = (value: number): string => {
  const unit = (["g", "m", "k"] as const).find((_, index) => value % 1024 ** (3 - index) === 0);
  return unit === undefined ? String(value) : `${value / 1024 ** { g: 3, m: 2, k: 1 }[unit]}${unit}`;
};
const lines = (count: number) => (values: readonly string[]) =>
  values.length === 0 ? nothing : values.slice(0, count).join(", ");

const dockerRules: Rules<DockerSettings> = {
  image: of("image", exactly()),
  // A name: what is found under it without our labels is refused.
  containerPrefix: of("containerPrefix", () => []),
  workdir: of("workdir", exactly()),
  readOnlyRoot: of("readOnlyRoot", inOrder(true, false)),
  tmpfs: { key: "docker.tmpfs", compare: compareTmpfs },
  network: of("network", (before, after) => {
    if (before === after) return [];
    const direction = after === "none" ? "narrows" : before === "none" ? "widens" : "changes";
    return [differ(direction, before, after)];
  }),
  user: of("user", exactly()),
  env: of("env", compareEnvironment),
  setupCommand: of("setupCommand", exactly()),
  pidsLimit: of("pidsLimit", atMost()),
  memory: of("memory", atMost(bytes)),
  cpus: of("cpus", atMost()),
  ulimits: of("ulimits", compareUlimits),
  seccompProfile: of("seccompProfile", exactly()),
  apparmorProfile: of("apparmorProfile", exactly()),
  dns: of("dns", exactly(lines(10))),
  extraHosts: of("extraHosts", exactly(lines(10))),
  binds: { key: "docker.binds", compare: compareBinds },
  dangerouslyAllowExternalBindSources: of("dangerouslyAllowExternalBindSources", inOrder(false, true)),
};

const rules: Rules<SandboxSettings> = {
  workspaceRoot: alone("workspaceRoot", "workspaceRoot", exactly()),
  isolation: alone("isolation", "isolation", inOrder<SandboxSettings["isolation"]>("strong", "standard")),
  docker: {
    key: "docker",
    compare: ({ docker: before }, { docker: after }) => compared(before, after, dockerRules, "docker."),
  },
  browser: {
    key: "browser",
    compare: ({ browser: before }, { browser: after }) => compared(before, after, browserRules, "browser."),
  },
  prune: {
    key: "prune",
    compare: ({ prune: before }, { prune: after }) => compared(before, after, pruneRules, "prune."),
  },
  // How many wait is nothing that can be reached.
  pool: alone("pool", "pool", () => []),
  workspaceMaxBytes: alone("workspaceMax", "workspaceMaxBytes", atMost(bytes)),
};

type Browser = SandboxSettings["browser"];
const browserRules: Rules<Browser> = {
  isEnabled: alone<Browser, "isEnabled">("browser.enabled", "isEnabled", inOrder(false, true)),
  image: alone<Browser, "image">("browser.image", "image", exactly()),
  containerPrefix: alone<Browser, "containerPrefix">("browser.containerPrefix", "containerPrefix", () => []),
};

type Prune = SandboxSettings["prune"];
const pruneRules: Rules<Prune> = {
  idleHours: alone<Prune, "idleHours">("prune.idleHours", "idleHours", atMostHours),
  maxAgeDays: alone<Prune, "maxAgeDays">("prune.maxAgeDays", "maxAgeDays", atMostHours),
};

/** Resolved settings of one agent, in the scope that it has in each of the two configs. Keys begin with `sandbox`. */
export function compareSettings(before: SandboxSettings, after: SandboxSettings): readonly SettingChange[] {
  return compared(before, after, rules).map(({ entry, ...difference }) => ({
    ...difference,
    key: `sandbox.${entry}`,
  }));
}

/** Each difference with its key as `entry`. */
function compared<Block extends object>(
  before: Block,
  after: Block,
  known: Rules<Block>,
  path = "",
): readonly (Difference & { readonly entry: string })[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return fields.flatMap((field) => {
    const rule = Object.hasOwn(known, field) ? known[field as keyof Block] : undefined;
    if (rule !== undefined)
      return rule
        .compare(before, after)
        .map((difference) => ({ ...difference, entry: difference.entry ?? rule.key }));
    const [was, is] = [before[field as keyof Block], after[field as keyof Block]];
    return canonical(was) === canonical(is) ? [] : [{ ...differ("changes", was, is), entry: path + field }];
  });
}

type Environment = DockerSettings["env"];

/** Values may be secrets that nobody marked: only names are shown. */
function compareEnvironment(before: Environment, after: Environment): readonly Difference[] {
  return namesOf(before, after).flatMap((name) => {
    const [was, is] = [entryOf(before, name), entryOf(after, name)];
    if (was === is) return [];
    const text = (value: string | undefined) =>
      value === undefined ? nothing : value === was ? "a value" : "another value";
    return [{ ...differ("changes", was, is, text), entry: `docker.env.${name}` }];
  });
}

type Ulimits = DockerSettings["ulimits"];

/** A limit that is missing is no limit. */
function compareUlimits(before: Ulimits, after: Ulimits): readonly Difference[] {
  return namesOf(before, after).flatMap((name) => {
    const [was, is] = [entryOf(before, name), entryOf(after, name)];
    if (canonical(was) === canonical(is)) return [];
    const ways = (["soft", "hard"] as const).map((part) =>
      atMost()(was?.[part] ?? Infinity, is?.[part] ?? Infinity).map(({ direction }) => direction),
    );
    const direction = (["changes", "widens", "narrows"] as const).find((one) => ways.flat().includes(one));
    const text = (limit: Ulimits[string] | undefined) =>
      limit === undefined ? nothing : `${limit.soft}:${limit.hard}`;
    return direction === undefined
      ? []
      : [{ ...differ(direction, was, is, text), entry: `docker.ulimits.${name}` }];
  });
}

const entryOf = <Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

const namesOf = (...records: readonly object[]): readonly string[] =>
  [...new Set(records.flatMap((record) => Object.keys(record)))].toSorted();
