/** `reach` against a decision of every request of every chain. */
import type { Policy } from "../src/index.ts";
import { findCommand, commandRights } from "../src/command-rights.ts";
import type { Authority, Decision } from "../src/decision.ts";
import type { Request, SessionRequest, StateFacts } from "../src/request.ts";
import { standardTools } from "../src/tool-catalogue.ts";
import { answerOf } from "../src/analysis/answer.ts";
import type { Capability, Reach } from "../src/analysis/types.ts";
import { readingOf } from "./analysis-reading.ts";
import type { Origin } from "../src/request.ts";
import { approvals, type models as everyModel, type Universe } from "./analysis-universe.ts";
import { agents, people } from "./random-configs.ts";
import type { Parts } from "./analysis-parts.ts";
import type { Chance } from "./random.ts";
import type { Case } from "./scope.ts";
import type { Compared } from "./analysis-diff.ts";

export function compareReach(
  { reach, landscapeOf }: Parts,
  policy: Policy,
  { origins }: Universe,
  models: Models,
  chance: Chance,
  most: number,
): Compared {
  const entries = reach(policy);
  const { isWhom } = readingOf(landscapeOf([policy]));
  const reached: readonly Case[] = entries.flatMap(({ witness }) => witness[0] ?? []);
  let count = 0;
  let requests = 0;
  const decide = (request: object, state: StateFacts): Decision => {
    requests++;
    return policy.decide(request, state);
  };
  for (let round = 0; round < most; round++) {
    // Half of the time near somebody who reaches something.
    const near = chance.is(0.5) ? chance.pick(reached)?.request : undefined;
    const origin = near === undefined || chance.is(0.3) ? chance.pick(origins) : originOf(near);
    const state = chance.pick(approvals);
    const expected = reachedBy({ decide, origins, models }, origin, state);
    const message = { action: "message", ...origin } as Request;
    const found = new Set(entries.filter((entry) => isWhom(entry, message, state)).map(keyOf));
    count += expected.size;
    const missing = [...expected].find((key) => !found.has(key)) ?? null;
    const invented = [...found].find((key) => !expected.has(key)) ?? null;
    const more = moreBySubagents(expected);
    if (missing !== null || invented !== null || more !== null)
      return { requests, changed: count, wrong: JSON.stringify({ missing, invented, more, origin, state }) };
  }
  const denied = entries.find(({ witness }) =>
    witness.some(({ request, state }) => policy.decide(request, state).effect !== "allow"),
  );
  return {
    requests,
    changed: count,
    wrong: denied === undefined ? null : `denied: ${JSON.stringify(denied.witness)}`,
  };
}

/** A capability that only a sub-agent gives. A place in the sandbox is less than the same on the host. */
function moreBySubagents(reached: ReadonlySet<string>): string | null {
  const ways = [...reached].map((key) => JSON.parse(key) as [Capability, string, string, readonly string[]]);
  const direct = new Set(
    ways.filter(([, , , through]) => through.length === 0).map(([capability]) => capability),
  );
  const more = ways.find(
    ([capability]) => !direct.has(capability) && !(capability === "sandbox-exec" && direct.has("host-exec")),
  );
  return more === undefined ? null : JSON.stringify(more);
}

const originOf = ({ provider, account, chat, sender }: Request): Origin => ({
  provider,
  ...(account !== undefined && account !== "default" && { account }),
  chat,
  sender,
});

const keyOf = (entry: Reach): string => {
  const { capability, standing, agent, through, place, workspaceAccess, needsApproval } = entry;
  return JSON.stringify([capability, standing, agent, through, place, workspaceAccess, needsApproval]);
};

type Models = typeof everyModel;

interface World {
  readonly decide: (request: object, state: StateFacts) => Decision;
  readonly origins: readonly Origin[];
  readonly models: Models;
}

function reachedBy(world: World, origin: Origin, approval: StateFacts): ReadonlySet<string> {
  const { decide, models } = world;
  const state = { ...approval, isWithinBudget: true };
  const said = {
    action: "message",
    ...origin,
    mentioned: true,
    mentionDetectable: true,
    mentionsOthers: false,
  };
  const found = new Set<string>();
  let standing: Authority = "stranger";
  const add = (capability: Capability, agent: string, through: readonly string[], decision: Decision) => {
    const { place = null, workspaceAccess = null, approval: needs = false } = answerOf(decision);
    found.add(JSON.stringify([capability, standing, agent, through, place, workspaceAccess, needs]));
  };
  for (const name of new Set(Object.values(commandRights).map((command) => command.name)))
    for (const event of ["message", "command"]) {
      const decision = decide({ ...said, event, command: name }, state);
      const run = decision.obligations.find((obligation) => obligation.kind === "run-command");
      if (run === undefined) continue;
      standing = run.authority;
      add("command", decision.agent!, [], decision);
      if (findCommand(name)!.right === "owner") add("config", decision.agent!, [], decision);
    }
  const turn = decide(said, state);
  const start = turn.obligations.find((obligation) => obligation.kind === "start-turn");
  const { agent } = turn;
  if (start === undefined || agent === null) return found;
  standing = start.authority;
  add("turn", agent, [], turn);
  const isShared =
    origin.chat.kind === "dm" && origin.provider !== "desk" && turn.session === `agent:${agent}:main`;
  if (isShared && start.authority !== "owner") add("sessions", agent, [], turn);
  reachedByRuns(world, { ...origin, agent }, state, turn.session, (capability, decision) =>
    add(capability, agent, [], decision),
  );
  for (const child of agents) {
    if (child === agent) continue;
    const spawn = { action: "session", ...origin, agent, operation: "spawn", target: child };
    const isSpawned = models.some(
      (model) => decide({ ...spawn, ...(model !== undefined && { model }) }, state).effect === "allow",
    );
    if (!isSpawned) continue;
    const below = { ...origin, agent: child, run: "subagent", via: [{ agent, run: "turn" }] };
    reachedByRuns(world, below, state, turn.session, (capability, decision) =>
      add(capability, child, [agent], decision),
    );
  }
  return found;
}

const kinds = new Map(standardTools.map(({ name, kind }) => [name, kind]));

function reachedByRuns(
  { decide, origins, models }: World,
  run: Origin & { readonly agent: string },
  state: StateFacts,
  own: string | null,
  add: (capability: Capability, decision: Decision) => void,
): void {
  const ask = (asked: object, more: StateFacts, noted: (decision: Decision) => void) => {
    for (const model of models) {
      const decision = decide(
        { ...run, ...asked, ...(model !== undefined && { model }) },
        { ...state, ...more },
      );
      if (decision.effect === "allow") noted(decision);
    }
  };
  for (const [tool, kind] of kinds)
    for (const elevated of kind === "exec" ? [false, true] : [false])
      ask({ action: "tool", tool, elevated }, {}, (decision) => {
        for (const capability of capabilityOf(tool, kind, decision)) add(capability, decision);
        if (elevated) add("elevated", decision);
      });
  for (const { sender, ...to } of origins) {
    if (to.chat.kind !== "dm" && sender.id !== people[0]) continue;
    if (isHere(run, to)) continue;
    for (const isTargetPaired of [false, true])
      ask({ action: "send", to }, { isTargetPaired }, (decision) => add("send", decision));
  }
  for (const operation of ["list", "read", "send"] as const satisfies readonly SessionRequest["operation"][])
    for (const agent of agents) {
      const session = `agent:${agent}:elsewhere:dm:somebody`;
      if (session !== own)
        ask({ action: "session", operation, session }, {}, (decision) => add("sessions", decision));
    }
  for (const target of agents)
    ask({ action: "session", operation: "spawn", target }, {}, (decision) => add("spawn", decision));
}

function capabilityOf(tool: string, kind: string, decision: Decision): readonly Capability[] {
  const { place } = answerOf(decision);
  if (kind === "exec") return [place === "host" ? "host-exec" : "sandbox-exec"];
  if (kind === "write") return ["write"];
  if (kind === "session") return [tool === "browser" ? "browse" : "read"];
  if (kind === "admin") return tool === "cron" ? ["config", "schedule"] : ["config"];
  return tool === "web_fetch" || tool === "web_search" ? ["fetch"] : [];
}

function isHere(own: Origin, to: Pick<Origin, "provider" | "account" | "chat">): boolean {
  if (own.provider !== to.provider || own.account !== to.account) return false;
  if (own.chat.kind !== to.chat.kind) return false;
  return own.chat.id === to.chat.id || (to.chat.kind !== "dm" && to.chat.parent === own.chat.id);
}
