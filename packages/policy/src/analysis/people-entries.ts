/** Every place of a config where one person is named. */
import { startCompilation, type Compilation } from "../compilation.ts";
import { qualifiedSenderId, senderId } from "../compile-people.ts";
import type { ConfigNode } from "../config-node.ts";
import type { ConfigPath } from "../config-path.ts";
import type { CompileOptions } from "../policy.ts";
import { entriesAt, keysAt, valueAt } from "./config-edit.ts";
import { placesOf, sectionsOf } from "./config-places.ts";

export interface PersonEntry {
  /** Of the entry of a list, of the key of a map, or of the id that a binding names. */
  readonly path: ConfigPath;
  readonly network: string;
  /** Canonical. */
  readonly id: string;
  /** How the entry is written for somebody else. */
  readonly form: "bare" | "qualified" | "key" | "binding";
}

export function peopleEntries(config: unknown, options: CompileOptions): readonly PersonEntry[] {
  const compilation = startCompilation(config, options);
  const root = compilation.root.value;
  return [
    ...[...compilation.networks.values()].flatMap((network) => [
      ...sectionsOf(root, network.id).flatMap((section) =>
        [["allowFrom"], ["groupAllowFrom"], ["dm", "allowFrom"]].flatMap((keys) =>
          bare(compilation, network.id, [...section, ...keys]),
        ),
      ),
      ...placesOf(root, network).flatMap(({ path, listKey }) => [
        ...bare(compilation, network.id, [...path, listKey]),
        ...keys(compilation, network.id, [...path, "toolsBySender"]),
      ]),
      ...bare(compilation, network.id, ["commands", "allowFrom", network.id]),
      ...elevatedPaths(root).flatMap((path) => bare(compilation, network.id, [...path, network.id])),
    ]),
    ...qualified(compilation, ["commands", "ownerAllowFrom"]),
    ...qualified(compilation, ["commands", "allowFrom", "*"]),
    ...keysAt(root, ["access", "profiles"]).flatMap((name) =>
      qualified(compilation, ["access", "profiles", name, "members"]),
    ),
    ...bound(compilation),
  ];
}

const elevatedPaths = (root: unknown): readonly ConfigPath[] =>
  [["tools"], ...entriesAt(root, ["agents", "list"]).map((path) => [...path, "tools"])].map((path) => [
    ...path,
    "elevated",
    "allowFrom",
  ]);

const nodeAt = ({ root }: Compilation, path: ConfigPath): ConfigNode => ({
  path,
  value: valueAt(root.value, path),
});

function bare(compilation: Compilation, network: string, path: ConfigPath): readonly PersonEntry[] {
  return entriesAt(compilation.root.value, path).flatMap((entry) => {
    const node = nodeAt(compilation, entry);
    const id = node.value === "*" ? null : senderId(compilation, compilation.networks.get(network)!, node);
    return id === null ? [] : [{ path: entry, network, id, form: "bare" }];
  });
}

function qualified(compilation: Compilation, path: ConfigPath): readonly PersonEntry[] {
  return entriesAt(compilation.root.value, path).flatMap((entry) => {
    const person = qualifiedSenderId(compilation, nodeAt(compilation, entry));
    return person === null ? [] : [{ path: entry, ...person, form: "qualified" }];
  });
}

function keys(compilation: Compilation, network: string, path: ConfigPath): readonly PersonEntry[] {
  return keysAt(compilation.root.value, path).flatMap((key) => {
    if (key === "*") return [];
    const id = senderId(compilation, compilation.networks.get(network)!, {
      path: [...path, key],
      value: key,
    });
    return id === null ? [] : [{ path: [...path, key], network, id, form: "key" }];
  });
}

function bound(compilation: Compilation): readonly PersonEntry[] {
  const { value: root } = compilation.root;
  return entriesAt(root, ["bindings"]).flatMap((entry) => {
    const network = compilation.networks.get(String(valueAt(root, [...entry, "match", "provider"])));
    const peer = [...entry, "match", "peer"];
    const node = nodeAt(compilation, [...peer, "id"]);
    if (network === undefined || valueAt(root, [...peer, "kind"]) !== "dm" || node.value === "*") return [];
    const id = senderId(compilation, network, node);
    return id === null ? [] : [{ path: entry, network: network.id, id, form: "binding" }];
  });
}
