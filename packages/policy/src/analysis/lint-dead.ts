/** Entries that decide nothing, as findings. */
import { formatPath, type ConfigPath } from "../config-path.ts";
import { startCompilation } from "../compilation.ts";
import type { Plan } from "../plan.ts";
import type { Alike } from "./alike.ts";
import { valueAt } from "./config-edit.ts";
import { deadBindings } from "./dead-bindings.ts";
import { deadCommands } from "./dead-commands.ts";
import { deadGrants } from "./dead-grants.ts";
import { deadPeople } from "./dead-people.ts";
import { deadPlaces } from "./dead-places.ts";
import { deadRoomTools } from "./dead-room-tools.ts";
import { deadSettings } from "./dead-settings.ts";
import { deadTools } from "./dead-tools.ts";
import { findingAt, type LintSource } from "./finding.ts";
import { deadGrant, deadSetting, deniedElsewhere } from "./lint-idle.ts";
import type { Landscape } from "./landscape.ts";
import { listText } from "./texts.ts";
import type { Finding } from "./types.ts";

export function deadFindings(source: LintSource, landscape: Landscape, alike: Alike): readonly Finding[] {
  const { people, places, tools, vain, bindings, commands, settings, grants } = deadEntries(
    source,
    landscape,
    alike,
  );
  return [
    ...people.map(({ path, form, person }) => deadPerson(source, path, form, person)),
    ...ofPlaces(source, places),
    ...ofTools(source, tools),
    ...bindings.map((path) => deadBinding(source, path)),
    ...commands.map((path) => deadCommand(source, path)),
    ...vain.map((entry) => deniedElsewhere(source, entry)),
    ...settings.map((setting) => deadSetting(source, setting)),
    ...grants.map((grant) => deadGrant(source, grant)),
  ];
}

/** Every entry without which nothing would be answered otherwise, by what it is an entry of; and `vain`, which is felt. */
export function deadEntries({ config, options }: LintSource, landscape: Landscape, alike: Alike) {
  const compilation = startCompilation(config, options);
  const [plan] = landscape.plans as readonly [Plan];
  const { dead, vain } = deadTools(config, options, landscape, alike);
  return {
    people: deadPeople(config, options),
    places: deadPlaces(config, options, landscape, alike),
    tools: [...dead, ...deadRoomTools(config, options, landscape, alike)],
    vain,
    bindings: deadBindings(config, options, landscape, alike),
    commands: deadCommands(config, options, landscape, alike),
    settings: deadSettings(compilation, plan, alike),
    grants: deadGrants(compilation, plan, alike),
  };
}

function deadPerson(source: LintSource, path: ConfigPath, form: string, person: string): Finding {
  if (form === "binding") return deadBinding(source, path);
  const message = `${formatPath(path)}: that ${person} is named here decides nothing.`;
  const hint = "Remove it, or check whether another list keeps them out or lets them in anyway.";
  return findingAt(path, { code: "dead-person", severity: "warning", message, hint }, source);
}

function deadBinding(source: LintSource, path: ConfigPath): Finding {
  const message = `${formatPath(path)} decides nothing: another binding answers there, or nobody is let in.`;
  const hint = "Remove it, move it before the binding that hides it, or let somebody in.";
  return findingAt(path, { code: "dead-binding", severity: "warning", message, hint }, source);
}

function deadCommand(source: LintSource, path: ConfigPath): Finding {
  const name = String(valueAt(source.config, path));
  const message = `${formatPath(path)}: nobody who can have this profile has the right to /${name}.`;
  const hint =
    "Remove it: a profile takes commands away and gives none. Owners are named in commands.ownerAllowFrom.";
  return findingAt(path, { code: "dead-command", severity: "warning", message, hint }, source);
}

function ofPlaces(source: LintSource, places: ReturnType<typeof deadPlaces>): readonly Finding[] {
  const entries = new Set(places.filter(({ kind }) => kind === "entry").map(({ path }) => formatPath(path)));
  return places.flatMap(({ path, kind }) => {
    // Of an entry that says nothing as a whole its keys need no word.
    if (kind === "key" && entries.has(formatPath(path.slice(0, -1)))) return [];
    const key = formatPath(path);
    const message =
      kind === "entry"
        ? `${key} changes nothing: without it the same holds.`
        : `${key} repeats what holds without it.`;
    const hint = 'Remove it, or set what is to differ from "*" and the defaults.';
    const code = kind === "entry" ? "shadowed-place" : "shadowed-key";
    return [findingAt(path, { code, severity: "note", message, hint }, source)];
  });
}

/** One finding for each list: a list that only denies once more what is not allowed is caution, and only noted. */
function ofTools(source: LintSource, paths: readonly ConfigPath[]): readonly Finding[] {
  const lists = new Map<string, { readonly list: ConfigPath; readonly entries: ConfigPath[] }>();
  const findings: Finding[] = [];
  for (const path of paths) {
    if (isInBoth(source, path)) {
      findings.push(allowedAndDenied(source, path));
      continue;
    }
    const list = path.slice(0, -1);
    const known = lists.get(formatPath(list)) ?? { list, entries: [] };
    lists.set(formatPath(list), known);
    known.entries.push(path);
  }
  for (const { list, entries } of lists.values()) {
    const names = listText(entries.map((path) => JSON.stringify(valueAt(source.config, path))));
    const message = `${formatPath(list)}: ${names} ${entries.length === 1 ? "decides" : "decide"} nothing.`;
    const isDeny = list.at(-1) === "deny";
    const hint = isDeny
      ? "Nothing else lets them through; keep them as a caution, or remove them."
      : "Another list, the sandbox or the kind of tool keeps them away; allow them there too, or remove them.";
    const severity = isDeny ? "note" : "warning";
    const [only] = entries.length === 1 ? entries : [list];
    findings.push(findingAt(only!, { code: "dead-tool", severity, message, hint }, source));
  }
  return findings;
}

function isInBoth({ config }: LintSource, path: ConfigPath): boolean {
  if (path.at(-2) !== "allow") return false;
  const denied = valueAt(config, [...path.slice(0, -2), "deny"]);
  return Array.isArray(denied) && denied.includes(valueAt(config, path));
}

function allowedAndDenied(source: LintSource, path: ConfigPath): Finding {
  const name = JSON.stringify(valueAt(source.config, path));
  const message = `${formatPath(path)}: ${name} is in allow and in deny of one list; deny wins.`;
  const hint = "Remove it from one of them.";
  return findingAt(path, { code: "allowed-and-denied", severity: "warning", message, hint }, source);
}
