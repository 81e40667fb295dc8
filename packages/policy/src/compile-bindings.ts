/** Which agent answers where. All fields that a binding gives must match; the most specific wins, then the first. */
import { readList, readNetwork, readRecord, readWord, type Compilation } from "./compilation.ts";
import { reportUnknownAgent, type Agents } from "./compile-agents.ts";
import { chatId, senderId } from "./compile-people.ts";
import { child, isSet, pathText, type ConfigNode } from "./config-node.ts";
import type { Binding, DmScope, Routes, Seat } from "./plan.ts";
import { formatSessionKey } from "./session-key.ts";

export interface PlacedBinding extends Omit<Binding, "seat"> {
  readonly agent: string;
  readonly network: string;
  /** `null`: any account. Not given in the config: `default`. */
  readonly account: string | null;
  readonly node: ConfigNode;
}

const kinds = ["dm", "group", "channel"] as const;

export function compileBindings(compilation: Compilation, agents: Agents): readonly PlacedBinding[] {
  const entries = readList(compilation, child(compilation.root, "bindings")) ?? [];
  return entries.flatMap((entry) => readBinding(compilation, agents, entry) ?? []);
}

function readBinding(compilation: Compilation, agents: Agents, entry: ConfigNode): PlacedBinding | null {
  if (readRecord(compilation, entry) === undefined) return null;
  const agentNode = child(entry, "agentId");
  const match = child(entry, "match");
  const agent = agentNode.value;
  if (typeof agent !== "string" || !agents.ids.has(agent)) {
    reportUnknownAgent(compilation, agents, agentNode);
    return null;
  }
  const providerNode = child(match, "provider");
  const network = readNetwork(compilation, providerNode, providerNode.value);
  if (network === undefined) return null;
  const peerNode = child(match, "peer");
  const hasPeer = readRecord(compilation, peerNode) !== undefined;
  const kindNode = child(peerNode, "kind");
  const kind = hasPeer ? (readWord(compilation, kindNode, kinds) ?? null) : null;
  const idNode = child(peerNode, "id");
  let peer: string | null = null;
  if (hasPeer && kind === null && !isSet(kindNode)) {
    compilation.report(
      "incomplete-binding",
      kindNode,
      `${pathText(kindNode)} is missing.`,
      "Write dm, group or channel.",
    );
  }
  if (kind !== null && idNode.value === "*") peer = "*";
  else if (kind !== null) peer = (kind === "dm" ? senderId : chatId)(compilation, network, idNode);
  const account = child(match, "accountId");
  return {
    agent,
    network: network.id,
    account: account.value === "*" ? null : (readId(compilation, account) ?? "default"),
    kind,
    peer,
    guild: readId(compilation, child(match, "guildId")),
    team: readId(compilation, child(match, "teamId")),
    node: entry,
  };
}

function readId(compilation: Compilation, node: ConfigNode): string | null {
  if (!isSet(node)) return null;
  if (typeof node.value === "string" && node.value !== "") return node.value;
  compilation.report("not-an-id", node, `${pathText(node)} is not an id.`, "Write the id in quotes.");
  return null;
}

/** The bindings that can match on one account, by tier. */
export function routesOf(
  bindings: readonly PlacedBinding[],
  network: string,
  account: string,
  dmScope: DmScope,
  agents: Agents,
): Routes {
  const seats = new Map(
    [...agents.ids].map((agent) => [agent, seatAt(agent, network, account, dmScope)] as const),
  );
  const mine = bindings.filter(
    (binding) => binding.network === network && (binding.account === null || binding.account === account),
  );
  const seated = ({ agent, kind, peer, guild, team }: PlacedBinding): Binding => {
    return { seat: seats.get(agent)!, kind, peer, guild, team };
  };
  const ofChats = mine.filter(({ kind }) => kind !== null).map(seated);
  const peersOf = (kind: Binding["kind"]) =>
    grouped(
      ofChats.filter((each) => each.kind === kind && each.peer !== "*"),
      ({ peer }) => peer,
    );
  const anyPeer = (kind: Binding["kind"]) =>
    ofChats.filter((each) => each.kind === kind && each.peer === "*");
  const elsewhere = mine.filter(({ kind }) => kind === null);
  const bare = elsewhere.filter(({ guild, team }) => guild === null && team === null);
  const rest = bare.find((binding) => binding.account !== null) ?? bare[0];
  const inGuilds = elsewhere.map(seated);
  return {
    peers: { dm: peersOf("dm"), group: peersOf("group"), channel: peersOf("channel") },
    anyPeer: { dm: anyPeer("dm"), group: anyPeer("group"), channel: anyPeer("channel") },
    guilds: grouped(inGuilds, ({ guild }) => guild),
    teams: grouped(
      inGuilds.filter(({ guild }) => guild === null),
      ({ team }) => team,
    ),
    rest: seats.get(rest?.agent ?? agents.fallback)!,
    seats: [...seats.values()],
  };
}

function seatAt(agent: string, provider: string, account: string, dmScope: DmScope): Seat {
  const chat = "dm";
  const beginning = (at: string) =>
    formatSessionKey({ agent, chat, provider, account: at, id: "" }).slice(0, -`${chat}:`.length);
  const here = beginning(account);
  return {
    agent,
    main: formatSessionKey({ agent, chat: "main" }),
    dm: `${dmScope === "sender" ? beginning("default") : here}dm:`,
    group: `${here}group:`,
    channel: `${here}channel:`,
  };
}

function grouped(bindings: readonly Binding[], key: (binding: Binding) => string | null) {
  const groups = new Map<string, Binding[]>();
  for (const binding of bindings) {
    const id = key(binding);
    if (id === null) continue;
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [binding]);
    else group.push(binding);
  }
  return groups;
}
