/** Questions about a random world: every kind of request, mostly about people and places that there are. */
import type {
  ChatReference,
  MessageRequest,
  Origin,
  Request,
  RunReference,
  StateFacts,
} from "../src/request.ts";
import { chanceFrom, type Chance } from "./chance.ts";
import { agentNames, guilds, models, type Populated, type World } from "./random-world.ts";
import type { Case } from "./scope.ts";

const commands = ["help", "status", "stop", "model", "verbose", "elevated", "config", "frobnicate"];
const tools = [
  ..."bash exec process read ls write edit apply_patch browser canvas nodes message image".split(" "),
  ..."sessions_list sessions_history sessions_send sessions_spawn session_status agents_list".split(" "),
  ..."web_fetch memory_get cron gateway nothing".split(" "),
];

/** So many questions, the same for the same seed. @param pages networks of the operator. */
export function* questionsAbout(
  world: World,
  pages: readonly string[],
  count: number,
  seed: number,
): Generator<Case> {
  const chance = chanceFrom(seed);
  for (let asked = 0; asked < count; asked++) {
    const request = aRequest(world, pages, chance);
    yield { request, state: stateOf(world, request) };
  }
}

function aRequest(world: World, pages: readonly string[], chance: Chance): Request {
  const origin = anOrigin(world, pages, chance);
  if (chance.is(0.3)) return aMessage(origin, chance);
  const run = aRun(origin, world, pages, chance);
  if (chance.is(0.6)) {
    const tool = chance.is(0.9) ? chance.pick(tools) : chance.pick(world.populated).network.id;
    const elevated = chance.is(0.15) ? { elevated: true } : {};
    return { action: "tool", ...run, tool, ...elevated };
  }
  if (chance.is(0.5)) {
    const { provider, account, chat } = chance.is(0.3) ? origin : anOrigin(world, pages, chance);
    return { action: "send", ...run, to: { provider, chat, ...(account === undefined ? {} : { account }) } };
  }
  if (chance.is(0.3))
    return { action: "session", ...run, operation: "spawn", target: chance.pick(agentNames) };
  const operation = chance.pick(["list", "read", "send"] as const);
  return { action: "session", ...run, operation, session: aSession(run, world, chance) };
}

function aMessage(origin: Origin, chance: Chance): MessageRequest {
  const said = {
    event: chance.pick(["message", "message", "message", "command", "edit", "reaction", "button", "member"]),
    mentioned: chance.is(0.6),
    mentionDetectable: chance.is(0.9),
    mentionsOthers: chance.is(0.2),
    command: chance.pick(commands),
  };
  return { action: "message", ...origin, ...(chance.keep(said, 0.6) as Partial<MessageRequest>) };
}

function aRun(origin: Origin, world: World, pages: readonly string[], chance: Chance): RunReference {
  const kinds = ["turn", "subagent", "cron", "hook"] as const;
  const more = {
    run: chance.pick(kinds),
    via: chance.some(agentNames, 0.1).map((agent) => ({ agent, run: chance.pick(kinds) })),
    contributors: Array.from({ length: chance.pick([0, 1, 1, 2]) }, () => anOrigin(world, pages, chance)),
  };
  const agent = chance.is(0.5) ? "main" : chance.is(0.98) ? chance.pick(agentNames) : "nobody";
  const model = chance.is(0.8) ? { model: chance.pick(models) } : {};
  return { ...origin, agent, ...model, ...(chance.keep(more, 0.2) as Partial<RunReference>) };
}

function anOrigin({ populated }: World, pages: readonly string[], chance: Chance): Origin {
  if (chance.is(0.03)) {
    const provider = chance.pick(pages);
    return { provider, chat: { kind: "dm", id: "operator" }, sender: { id: "operator" } };
  }
  const where = chance.pick(populated);
  const sender = { id: chance.is(0.4) ? where.people[0]! : chance.pick(where.people) };
  const odd = chance.pick([{}, {}, {}, { isBot: true }, { isSelf: true }]);
  const account = chance.is(0.9) ? {} : { account: chance.pick(["default", "work", "gone"]) };
  return {
    provider: where.network.id,
    ...account,
    chat: aChat(where, sender.id, chance),
    sender: chance.is(0.97) ? sender : { ...sender, ...odd },
  };
}

function aChat({ network, rooms }: Populated, person: string, chance: Chance): ChatReference {
  if (chance.is(0.5)) return { kind: "dm", id: person };
  const id = chance.pick(rooms);
  const thread = chance.is(0.3) ? { thread: chance.pick(["7", "8", "9"]) } : {};
  if (network.layout === "groups") return { kind: "group", id, ...thread };
  if (chance.is(0.05)) return { kind: "group", id };
  const guild = network.layout === "guilds" ? { guild: chance.pick(guilds) } : {};
  if (network.layout === "guilds" && chance.is(0.2)) {
    return { kind: "channel", id: "900000000000000009", parent: id, ...guild };
  }
  return { kind: "channel", id, ...guild, ...(network.layout === "channels" ? thread : {}) };
}

function aSession({ provider, chat, agent }: RunReference, { populated }: World, chance: Chance): string {
  const of = chance.is(0.6) ? agent : chance.pick(agentNames);
  if (chance.is(0.5))
    return chance.pick([`agent:${of}:main`, `agent:${of}:${provider}:${chat.kind}:${chat.id}`]);
  const { network, people } = chance.pick(populated);
  return chance.pick([
    `agent:${of}:${network.id}:dm:${chance.pick(people)}`,
    `agent:${of}:subagent:1`,
    "cron:1",
  ]);
}

// --- The state that the credentials say ----------------------------------------------------------------------------------

function stateOf({ approvals }: World, request: Request): StateFacts {
  const factsOf = (
    { provider, account = "default", chat }: Omit<Origin, "sender">,
    id: string | null,
  ): StateFacts => {
    const held =
      account === "default"
        ? (approvals[provider] ?? []).find((each) => each.id === id && !each.isOver)
        : undefined;
    return { isPaired: chat.kind === "dm" && held !== undefined, profile: held?.profile ?? null };
  };
  const own = factsOf(request, request.sender.id);
  if (request.action === "message") return own;
  const contributors = (request.contributors ?? []).map((origin) => factsOf(origin, origin.sender.id));
  if (request.action !== "send") return { ...own, contributors };
  return { ...own, contributors, isTargetPaired: factsOf(request.to, request.to.chat.id).isPaired === true };
}
