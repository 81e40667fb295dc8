/**
 * People and places beside those of a config who are like one of them but for one entry. What a policy decides depends on
 * an id only through the lists and maps that hold it (renaming changes no decision), so the entry decides nothing exactly
 * when the two are answered alike.
 */
import type { ConfigPath } from "../config-path.ts";
import type { CompileOptions } from "../policy.ts";
import { valueAt, withValue } from "./config-edit.ts";
import { freshName } from "./named-ids.ts";
import type { PersonEntry } from "./people-entries.ts";

/** A prefix that no id of the config begins with. */
export function probePrefix(config: unknown): string {
  const text = JSON.stringify(config) ?? "";
  return freshName("probe", (name) => text.includes(name));
}

/** Networks that take the ids of probes for what they are. */
export function optionsFor(options: CompileOptions, prefix: string): CompileOptions {
  const isProbe = (entry: string) => entry.startsWith(`${prefix}-`);
  const networks = options.networks.map((network) => ({
    id: network.id,
    layout: network.layout,
    canPair: network.canPair,
    sharedSenders: network.sharedSenders,
    canonicalSender: (entry: string) =>
      isProbe(entry) ? ({ ok: true, id: entry } as const) : network.canonicalSender(entry),
    canonicalChat: (entry: string) =>
      isProbe(entry) ? ({ ok: true, id: entry } as const) : network.canonicalChat(entry),
  }));
  return { networks, ...(options.tools !== undefined && { tools: options.tools }) };
}

/** The config with one more person for each entry: in every list that holds the entry's person, but not by this entry. */
export function withPeopleProbes(
  config: unknown,
  entries: readonly PersonEntry[],
  nameOf: (entry: number) => string,
): unknown {
  const byPerson = new Map<string, number[]>();
  for (const [index, { network, id }] of entries.entries()) {
    const key = `${network} ${id}`;
    byPerson.set(key, [...(byPerson.get(key) ?? []), index]);
  }
  // All additions to one list at once.
  const additions = new Map<string, { readonly path: ConfigPath; readonly add: Addition[] }>();
  for (const [index, entry] of entries.entries()) {
    const name = nameOf(index);
    for (const other of byPerson.get(`${entry.network} ${entry.id}`)!) {
      if (other === index) continue;
      const held = entries[other]!;
      const path = held.path.slice(0, -1);
      const key = JSON.stringify(path);
      const known = additions.get(key) ?? { path, add: [] };
      additions.set(key, known);
      known.add.push(additionOf(config, held, name));
    }
  }
  let probed = config;
  for (const { path, add } of additions.values())
    probed = withValue(probed, path, added(valueAt(config, path), add));
  return probed;
}

type Addition = { readonly item: unknown } | { readonly key: string; readonly value: unknown };

function additionOf(config: unknown, { path, form, network }: PersonEntry, name: string): Addition {
  if (form === "key") return { key: name, value: valueAt(config, path) };
  if (form === "qualified") return { item: `${network}:${name}` };
  return { item: form === "bare" ? name : withValue(valueAt(config, path), ["match", "peer", "id"], name) };
}

function added(held: unknown, additions: readonly Addition[]): unknown {
  if (Array.isArray(held))
    return [...(held as unknown[]), ...additions.map((each) => ("item" in each ? each.item : null))];
  const entries = additions.flatMap((each) => ("key" in each ? [[each.key, each.value] as const] : []));
  return { ...(held as object), ...Object.fromEntries(entries) };
}
