/** Every request over a few ids, among them ids that no config names. Parts of it are full products of the parts of their dimensions. */
import type { Network } from "../src/network.ts";
import type {
  ChatReference,
  MessageRequest,
  Origin,
  Request,
  RunReference,
  StateFacts,
} from "../src/request.ts";
import { product, written } from "./product.ts";
import type { Chance } from "./random.ts";
import { agents, people, profiles } from "./random-configs.ts";
import type { Case } from "./scope.ts";

/** Two people whom no config names, one of them with a name that objects have. */
const senders = [...people, "zoe", "constructor", "everybody"];

const threads = [undefined, "t1", "t9"];
const circleChats: readonly ChatReference[] = [
  ...["g1", "g2", "g3", "g9"].flatMap((id) =>
    threads.map((thread) => written({ kind: "group", id, thread })),
  ),
  ...["g1", "c1", "g9"].map((id) => ({ kind: "channel", id }) as const),
] as readonly ChatReference[];
const castleChats = [
  ...["d1", "d9"].map((id) => ({ kind: "group", id })),
  ...product({
    id: ["c1", "c2", "c3", "c9"],
    guild: [undefined, "G1", "G2", "G9"],
    team: [undefined, "T1"],
  }).map((at) => written({ kind: "channel", ...at })),
  ...product({ id: ["th1", "th9"], parent: ["c1", "c9"], guild: ["G1", "G9"] }).map((at) => ({
    kind: "channel",
    ...at,
  })),
] as readonly ChatReference[];
const harbourChats = [
  ...["d1", "d9"].map((id) => ({ kind: "group", id })),
  ...product({ id: ["c1", "c2", "c3", "c9"], thread: [undefined, "t1"], team: [undefined, "T1", "T9"] }).map(
    (at) => written({ kind: "channel", ...at }),
  ),
  ...product({ id: ["th1", "th9"], parent: ["c1", "c9"] }).map((at) => ({ kind: "channel", ...at })),
] as readonly ChatReference[];

const places: readonly {
  readonly provider: string;
  readonly account?: string;
  readonly chat: ChatReference;
}[] = [
  ...[undefined, "work"].flatMap((account) =>
    [{ kind: "dm", id: "" } as const, ...circleChats].map((chat) => ({
      provider: "circle",
      ...(account && { account }),
      chat,
    })),
  ),
  ...(["castle", "harbour"] as const).flatMap((provider) =>
    [undefined, "T1"].map((team) => ({
      provider,
      chat: written({ kind: "dm", id: "", team }) as ChatReference,
    })),
  ),
  ...castleChats.map((chat) => ({ provider: "castle", chat })),
  ...harbourChats.map((chat) => ({ provider: "harbour", chat })),
  { provider: "desk", chat: { kind: "dm", id: "" } },
  { provider: "mute", chat: { kind: "dm", id: "" } },
];

const everyOrigin: readonly Origin[] = places.flatMap(({ chat, ...at }) =>
  senders.map((id) => ({ ...at, chat: chat.kind === "dm" ? { ...chat, id } : chat, sender: { id } })),
);

export const approvals: readonly StateFacts[] = product({
  isPaired: [undefined, true],
  profile: [undefined, ...profiles, "friend", "owner", "no-such"],
}).map((state) => written(state) as StateFacts);

const shapes: readonly Partial<MessageRequest>[] = product({
  event: ["message", "command", "edit", "reaction", "button", "member"] as const,
  mention: [
    { mentioned: true, mentionDetectable: true },
    { mentioned: false, mentionDetectable: true },
    { mentioned: false, mentionDetectable: false },
  ],
  mentionsOthers: [true, false],
  command: [null, "status", "help", "model", "config", "restart", "unheard-of"],
}).map(({ mention, ...shape }) => ({ ...shape, ...mention }));

const messageStates: readonly StateFacts[] = product({
  approval: approvals,
  isWithinBudget: [undefined, true],
  activation: [null, "mention", "always"] as const,
}).map(({ approval, ...state }) => written({ ...approval, ...state }) as StateFacts);

const tools = [
  "bash",
  "process",
  "read",
  "write",
  "browser",
  "message",
  "image",
  "cron",
  "gateway",
  "session_status",
  "web_fetch",
  "circle",
  "castle",
  "desk",
  "sessions_spawn",
];
const runs: readonly RunReference["run"][] = [undefined, "subagent", "cron", "hook"];
export const models = [
  undefined,
  "anthropic/opus",
  "anthropic/other",
  "openai/gpt",
  "openai/other",
  "elsewhere/one",
  "anthropic",
];

/** What can be asked where there are these networks, and of whom. */
export interface Universe {
  readonly origins: readonly Origin[];
  readonly asked: readonly Partial<Request>[];
}

export function universeOf(networks: readonly Network[]): Universe {
  const ids = networks.map(({ id }) => id);
  const name = ids.join();
  let universe = universes.get(name);
  if (universe === undefined) {
    const origins = everyOrigin.filter(({ provider }) => ids.includes(provider));
    universes.set(name, (universe = { origins, asked: askedOf(origins) }));
  }
  return universe;
}

const universes = new Map<string, Universe>();

const askedOf = (origins: readonly Origin[]): readonly Partial<Request>[] =>
  [
    ...product({ action: ["tool"] as const, tool: tools, elevated: [undefined, true] }),
    ...origins
      .filter(({ chat, sender }) => chat.kind === "dm" || sender.id === people[0])
      .map(({ sender: _sender, ...to }) => ({ action: "send", to }) as const),
    ...product({
      action: ["session"] as const,
      operation: ["list", "read", "send"] as const,
      session: [
        ...agents.flatMap((id) => [
          `agent:${id}:main`,
          `agent:${id}:circle:dm:alice`,
          `agent:${id}:circle:group:g1`,
        ]),
        "agent:main:castle:dm:bob",
        "agent:main:circle:work:dm:carol",
        "agent:ghost:main",
        "nobody",
      ],
    }),
    ...product({ action: ["session"] as const, operation: ["spawn"] as const, target: [...agents, "ghost"] }),
  ].map((each) => written(each) as Partial<Request>);

const runStates: readonly StateFacts[] = product({
  approval: approvals,
  isTargetPaired: [undefined, true],
  isSpawned: [undefined, true],
}).map(({ approval, ...state }) => written({ ...approval, ...state }) as StateFacts);

/** So many of the values, chosen by chance. */
const few = <Item>(chance: Chance, items: readonly Item[], most: number): readonly Item[] =>
  items.length <= most ? items : Array.from({ length: most }, () => chance.pick(items));

/** Full products of a few values of each dimension; `share`: of how many, up to 1. */
export function someMessages({ origins }: Universe, chance: Chance, share: number): readonly Case[] {
  return product({
    from: few(chance, origins, 12 * share),
    shape: few(chance, shapes, 5),
    state: few(chance, messageStates, 3),
  }).map(({ from, shape, state }) => ({
    request: { action: "message", ...from, ...shape } as Request,
    state,
  }));
}

export function someRuns({ origins, asked }: Universe, chance: Chance, share: number): readonly Case[] {
  return product({
    from: few(chance, origins, 8 * share),
    agent: few(chance, [...agents, "ghost"], 2),
    run: few(chance, runs, 2),
    model: few(chance, models, 1),
    what: few(chance, asked, 5),
    state: few(chance, runStates, 2),
  }).map(({ from, state, what, ...run }) => ({
    request: written({ ...from, ...run, ...what }) as Request,
    state,
  }));
}

/** Requests that differ from this one in one thing, or in two. */
export function neighbours(
  universe: Universe,
  { request, state }: Case,
  chance: Chance,
  most: number,
): readonly Case[] {
  return Array.from({ length: most }, () => {
    let near: Case = { request, state };
    for (let change = 0; change <= chance.below(3); change++) near = moved(universe, near, chance);
    return near;
  });
}

function moved({ origins, asked }: Universe, { request, state }: Case, chance: Chance): Case {
  const isMessage = request.action === "message";
  switch (chance.below(isMessage ? 3 : 6)) {
    case 0:
      return { request: { ...request, ...chance.pick(origins) } as Request, state };
    case 1:
      return { request, state: { ...state, ...chance.pick(isMessage ? messageStates : runStates) } };
    case 2:
      if (isMessage) return { request: { ...request, ...chance.pick(shapes) } as Request, state };
      return { request: { ...request, agent: chance.pick(agents) } as Request, state };
    case 3: {
      const kept = { action: 0, tool: 0, elevated: 0, to: 0, operation: 0, session: 0, target: 0 };
      const run = Object.fromEntries(Object.entries(request).filter(([key]) => !(key in kept)));
      return { request: { ...run, ...chance.pick(asked) } as Request, state };
    }
    case 4:
      return { request: written({ ...request, run: chance.pick(runs) }) as Request, state };
    default:
      return { request: written({ ...request, model: chance.pick(models) }) as Request, state };
  }
}
