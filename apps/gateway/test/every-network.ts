/** Hostile spellings and the rules of every network, made from the one list of networks: a new network cannot arrive without them. */
import { compile, type MessageRequest, type Policy } from "@clawd/policy";
import type { Network } from "@clawd/provider-kit";
import { networks } from "../src/providers.ts";

/** Two people and two rooms that every network could have, as it writes them. */
interface Names {
  readonly alice: string;
  readonly stranger: string;
  readonly room: string;
  readonly otherRoom: string;
}

const number = { alice: "+15551234567", stranger: "+15559999999" };
const byNetwork: Readonly<Record<string, Names>> = {
  telegram: { alice: "42", stranger: "999", room: "-1001", otherRoom: "-1002" },
  discord: {
    alice: "80351110224678912",
    stranger: "99",
    room: "41771983423143937",
    otherRoom: "41771983423143938",
  },
  slack: { alice: "U012AB3CD", stranger: "U0999999", room: "C012AB3CD", otherRoom: "C0999999" },
  whatsapp: { ...number, room: "120363041234567890@g.us", otherRoom: "120363049999999999@g.us" },
  signal: { ...number, room: `${"A".repeat(43)}=`, otherRoom: `${"B".repeat(42)}A=` },
  imessage: { ...number, room: "7", otherRoom: "8" },
};

/** @throws when a network was added and has no names here. */
export function namesOf({ id }: Network): Names {
  const names = byNetwork[id];
  if (names === undefined) throw new Error(`Write down what ids of ${id} look like: every-network.ts`);
  return names;
}

/** Networks with rules; those without let in whoever holds the gateway's token. */
export const ruled = networks.filter(({ layout }) => layout !== "operator");

const guild = "197038439483310086";

export interface Rules {
  readonly policy?: unknown;
  readonly allowFrom?: unknown;
  readonly groupPolicy?: unknown;
  /** Only where groups have it. */
  readonly groupAllowFrom?: unknown;
  /** The people of the one room of the map. */
  readonly people?: unknown;
  readonly requireMention?: unknown;
  /** The key of the one entry in the map; null for no map. Absent: the network's room. */
  readonly room?: string | null | undefined;
}

/** The same rules in the words of the network's layout. */
export function section(network: Network, rules: Rules): Readonly<Record<string, unknown>> {
  const isFlat = network.layout === "groups";
  const { policy, allowFrom, groupPolicy, groupAllowFrom, people, requireMention } = rules;
  const name = rules.room === undefined ? namesOf(network).room : rules.room;
  const entry = defined({ requireMention, [isFlat ? "allowFrom" : "users"]: people });
  const rooms = name === null ? undefined : { [name]: entry };
  const map = {
    groups: { groups: rooms },
    guilds: { guilds: rooms && { [guild]: { channels: rooms } } },
    channels: { channels: rooms },
    operator: {},
  }[network.layout];
  const direct = isFlat ? { dmPolicy: policy, allowFrom } : { dm: defined({ policy, allowFrom }) };
  return defined({ ...direct, groupPolicy, ...(isFlat ? { groupAllowFrom } : {}), ...map });
}

const defined = (fields: object) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** Null when the rules are a config error. */
export function policyOf(network: Network, rules: Rules, rest: object = {}): Policy | null {
  const compiled = compile({ [network.id]: section(network, rules), ...rest }, { networks });
  return compiled.ok ? compiled.policy : null;
}

export function dm(
  network: Network,
  sender: string | null,
  more: Partial<MessageRequest> = {},
): MessageRequest {
  const id = sender === null || sender === "" ? "0" : sender;
  return {
    action: "message",
    provider: network.id,
    chat: { kind: "dm", id },
    sender: { id: sender },
    mentionsOthers: false,
    ...more,
  };
}

/** In the room of the map, the bot mentioned. */
export function inRoom(
  network: Network,
  sender: string | null,
  more: Partial<MessageRequest> = {},
): MessageRequest {
  const id = namesOf(network).room;
  const chat =
    network.layout === "groups"
      ? ({ kind: "group", id } as const)
      : ({ kind: "channel", id, guild: network.layout === "guilds" ? guild : null } as const);
  return { ...dm(network, sender), chat, mentioned: true, mentionDetectable: true, ...more };
}

/** What a sender may try to be taken for somebody else, or to break whatever reads it. */
export function hostileSpellings(id: string): readonly string[] {
  const middle = Math.floor(id.length / 2);
  const within = (text: string) => id.slice(0, middle) + text + id.slice(middle);
  const fullWidth = id.replace(/[!-~]/g, (sign) => String.fromCodePoint(sign.codePointAt(0)! + 0xfee0));
  const arabic = id.replace(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit)));
  const invisible = [
    "\u200b",
    "\u200e",
    "\u202e",
    "\u2060",
    "\ufeff",
    "\u00ad",
    "\u0000",
    "\ud800",
    "\u0301",
  ];
  const wrong = [
    fullWidth,
    arabic,
    `99${id}`,
    `${id}0`,
    `0${id}`,
    `${id}@evil`,
    `${id};ext=1`,
    `${id}/x`,
    `${id},666`,
  ];
  return [
    ...new Set([...invisible.flatMap((sign) => [within(sign), sign + id, id + sign]), ...wrong]),
  ].filter((text) => text !== id);
}

/** Nobody, on any network. */
export const nobody: readonly string[] = [
  "",
  " ",
  "*",
  "null",
  "undefined",
  "anonymous",
  "0",
  "-1",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "[object Object]",
  "x".repeat(4096),
  "\u202e\u200b",
  "\ud800",
  "../../etc/passwd",
  "'; DROP TABLE inbox; --",
  "\n",
];
