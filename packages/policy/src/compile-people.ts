/** Lists of people and names of rooms, brought to the one form of an id that messages have as well. */
import { readList, readNetwork, type Compilation } from "./compilation.ts";
import { isSet, pathText, type ConfigNode } from "./config-node.ts";
import type { Canonical, Network } from "./network.ts";
import type { People } from "./plan.ts";

const nobody: People = { ids: new Set(), everyone: false };

/** Null when the key is not set. A list with a mistake in it is reported, and names only those who were understood. */
export function compilePeople(compilation: Compilation, network: Network, node: ConfigNode): People | null {
  if (!isSet(node)) return null;
  const key = pathText(node);
  const known = compilation.lists.get(key);
  if (known !== undefined) return known;
  const people = readPeople(compilation, network, node);
  compilation.lists.set(key, people);
  return people;
}

function readPeople(compilation: Compilation, network: Network, node: ConfigNode): People {
  const entries = readList(compilation, node);
  if (entries === undefined) return nobody;
  const ids = new Set<string>();
  let everyone = false;
  for (const entry of entries) {
    if (entry.value === "*") {
      everyone = true;
      continue;
    }
    const id = senderId(compilation, network, entry);
    if (id !== null) ids.add(id);
  }
  return { ids, everyone };
}

/** `"*"` in a list of people is a grant to the whole world: only the open policy, spelled out, makes it one. */
export function refuseStar(
  compilation: Compilation,
  node: ConfigNode,
  people: People | null,
  policyKey: string,
): void {
  if (people?.everyone !== true) return;
  const path = pathText(node);
  const hint = `Name people by id, or set ${policyKey} to "open" if everybody is really meant.`;
  compilation.report("star-without-open", node, `${path} holds "*", but ${policyKey} is not "open".`, hint);
}

/** The canonical id of one entry, or null after reporting why there is none. `written`: where it is not the value there. */
export function senderId(
  compilation: Compilation,
  network: Network,
  entry: ConfigNode,
  written: unknown = entry.value,
): string | null {
  const text = entryText(compilation, entry, written);
  if (text === null) return null;
  const prefix = text.includes(":") ? /^\s*([\w-]+):/.exec(text)?.[1]?.toLowerCase() : undefined;
  if (prefix !== undefined && prefix !== network.id && compilation.networks.has(prefix)) {
    const message = `${pathText(entry)} is an id of another network.`;
    compilation.report(
      "id-of-another-network",
      entry,
      message,
      `Move it to the list of that network, or write an id of ${network.id}.`,
    );
    return null;
  }
  const id = canonical(compilation, entry, () => network.canonicalSender(text));
  if (id === null || !network.sharedSenders.includes(id)) return id;
  const message = `${pathText(entry)} stands for several people, so it never matches anybody.`;
  compilation.report("shared-sender", entry, message, "Remove it; name the people themselves.", "warning");
  return null;
}

/** `telegram:42`, where a key of its own does not say which network is meant. */
export function qualifiedSenderId(
  compilation: Compilation,
  entry: ConfigNode,
): { readonly network: string; readonly id: string } | null {
  const text = entryText(compilation, entry, entry.value);
  if (text === null) return null;
  const at = text.indexOf(":");
  if (at <= 0) {
    const message = `${pathText(entry)} does not say which network it belongs to.`;
    const hint = `Write <network>:<id> with one of ${[...compilation.networks.keys()].join(", ")}.`;
    compilation.report("id-without-network", entry, message, hint);
    return null;
  }
  const network = readNetwork(compilation, entry, text.slice(0, at).trim());
  if (network === undefined) return null;
  const id = senderId(compilation, network, entry, text.slice(at + 1));
  return id === null ? null : { network: network.id, id };
}

export function chatId(
  compilation: Compilation,
  network: Network,
  entry: ConfigNode,
  written: unknown = entry.value,
): string | null {
  const text = entryText(compilation, entry, written);
  return text === null ? null : canonical(compilation, entry, () => network.canonicalChat(text));
}

function entryText(compilation: Compilation, entry: ConfigNode, value: unknown): string | null {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    compilation.report(
      "inexact-id",
      entry,
      `${pathText(entry)} is too large for a number.`,
      "Write the id in quotes.",
    );
    return null;
  }
  if (typeof value !== "string" && typeof value !== "number") {
    compilation.report("not-an-id", entry, `${pathText(entry)} is not an id.`, "Write the id in quotes.");
    return null;
  }
  const text = String(value);
  const bare = text.trim();
  if (bare === "") {
    compilation.report(
      "empty-id",
      entry,
      `${pathText(entry)} is empty.`,
      "Remove it; an empty id never matches.",
    );
    return null;
  }
  if (bare === "*") {
    const hint = "Name each person by id; being everybody is no right to command.";
    compilation.report(
      "star-not-allowed",
      entry,
      `${pathText(entry)} is "*", which cannot be granted here.`,
      hint,
    );
    return null;
  }
  return text;
}

/** Networks are other people's code: what they throw is an id that was not understood. */
function canonical(compilation: Compilation, entry: ConfigNode, read: () => Canonical): string | null {
  let reason = { message: "It cannot be read as an id.", hint: "Write the id as the network shows it." };
  try {
    const result = read();
    if (result.ok === true) {
      if (typeof result.id === "string" && result.id !== "") return result.id;
    } else if (typeof result.message === "string" && typeof result.hint === "string") reason = result;
  } catch {
    // The reason stands.
  }
  compilation.report("not-an-id", entry, `${pathText(entry)}: ${reason.message}`, reason.hint);
  return null;
}
