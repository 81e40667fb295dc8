/**
 * Tools and places in the words of the documents, interpreted over the raw config at every question. Who is asked: the
 * sender, everybody whose words reached the run, and every run that it descends from. All of them must be allowed.
 */
import type { Authority, DecisionCode, Place, RunIn, WorkspaceAccess } from "../src/decision.ts";
import type { Network } from "../src/network.ts";
import type { Origin, RunKind, RunReference, StateFacts, ToolRequest } from "../src/request.ts";
import { admissionOf, placesOf } from "./reference.ts";
import { entryOfAgent, sandboxOf } from "./reference-agents.ts";
import { agentIds, names, rulesOf, type AccountRules, type Sayings } from "./reference-config.ts";
import {
  callOf,
  commandTools,
  globalTools,
  isNamed,
  listsByProvider,
  listsOfPlaces,
  listsOfRun,
  ownerTools,
  passes,
  profileTools,
  worksInTheSession,
  writingTools,
  type Call,
} from "./reference-lists.ts";
import { rightsOf, type Rights } from "./reference-rights.ts";

export interface RunAnswer {
  readonly effect: "allow" | "deny";
  /** Several where the documents do not say which. */
  readonly codes: readonly DecisionCode[];
  /** Where the tool runs; null when it may not. */
  readonly runIn: RunIn | null;
  readonly awaitsApproval: boolean;
}

/** One who is asked: a person in a chat, under an agent, in a kind of run. */
export interface Asked {
  readonly config: Sayings;
  readonly networks: readonly Network[];
  readonly origin: Origin;
  readonly state: StateFacts;
  readonly agent: string;
  readonly run: RunKind;
  readonly model: string | undefined;
  /** A run before the one that is decided about. */
  readonly isAncestor: boolean;
}

/** What is known of one who was let in. */
export interface Heard extends Asked {
  readonly network: Network;
  readonly rules: AccountRules;
  readonly sender: string;
  readonly authority: Authority;
  readonly rights: Rights;
}

/** What one of them answers. */
export interface Permission {
  readonly runIn: RunIn;
  readonly awaitsApproval: boolean;
}
export type Denial = readonly DecisionCode[];

export function isDenial<Value extends object>(answer: Value | Denial): answer is Denial {
  return Array.isArray(answer);
}

export function referenceTool(
  config: Sayings,
  networks: readonly Network[],
  request: ToolRequest,
  state: StateFacts = {},
): RunAnswer {
  const call = callOf(request.tool, networks);
  const elevated = request.elevated === true;
  // Elevation is this call's own: no run before it had it.
  return meet(config, networks, request, state, "tool-allowed", (asked) =>
    toolFor(asked, call, elevated && !asked.isAncestor),
  );
}

// --- Several people, several runs --------------------------------------------------------------------------------------

/**
 * "Each is asked the same question, the first denial decides, and where all allow it the stricter place, workspace access
 * and scope hold and every other obligation of any of them. Each is also asked under every run that this one descends
 * from. Ancestors only gate."
 */
export function meet(
  config: Sayings,
  networks: readonly Network[],
  request: RunReference,
  state: StateFacts,
  allowed: DecisionCode,
  ask: (asked: Asked) => Permission | Denial,
): RunAnswer {
  const { agent, run = "turn", model, via = [], contributors = [] } = request;
  const self: Asked = { config, networks, origin: request, state, agent, run, model, isAncestor: false };
  const people = [
    self,
    ...contributors.map((origin, at) => ({ ...self, origin, state: state.contributors?.[at] ?? {} })),
  ];
  const answers = people.map((person) => ({
    own: ask(person),
    before: via.map((ancestor) => ask({ ...person, ...ancestor, isAncestor: true })),
  }));
  const first = answers[0]!.own;
  // "The tool, then the chat" or the session: an ancestor that may not call the tool may come before the target.
  const isAboutTool = allowed === "tool-allowed";
  const earlier = isAboutTool ? undefined : answers.flatMap(({ before }) => before).find(isDenial);
  if (isDenial(first)) return denied([...first, ...(earlier ?? [])]);

  // Whether people or ancestors come first, the documents do not say; among themselves they are in their order.
  const owns = answers.map(({ own }) => own);
  const befores = answers.flatMap(({ before }) => before);
  const byPerson = answers.flatMap(({ own, before }) => [own, ...before]);
  const orders = [[...owns, ...befores], byPerson, [...(answers[0]?.before ?? []), ...owns, ...befores]];
  const firsts = orders.map((order) => order.find(isDenial)).filter((denial) => denial !== undefined);
  // "A call that would run on the host below an ancestor's sandbox is denied."
  const isLoose = answers.some(
    ({ own, before }) => placeOf(own) === "host" && before.some((one) => placeOf(one) === "sandbox"),
  );
  const denial: Denial = [...new Set(firsts.flat()), ...(isLoose ? (["less-confined"] as const) : [])];
  if (denial.length > 0) return denied(denial);

  const all = owns as readonly Permission[];
  const runIn: RunIn = {
    kind: "run-in",
    place: least(all, ["sandbox", "host", "gateway"], (said) => said.place),
    workspaceAccess: least(all, ["none", "ro", "rw"], (said) => said.workspaceAccess),
    scope: least(all, ["session", "agent", "shared"], (said) => said.scope),
  };
  const awaitsApproval = all.some((one) => one.awaitsApproval);
  return { effect: "allow", codes: [allowed], runIn, awaitsApproval };
}

function placeOf(answer: Permission | Denial): Place | null {
  return isDenial(answer) ? null : answer.runIn.place;
}

/** The first of the words, in their order, that one of them says. */
function least<const Word extends string>(
  all: readonly Permission[],
  words: readonly Word[],
  said: (one: RunIn) => Word,
): Word {
  return words.find((word) => all.some(({ runIn }) => said(runIn) === word))!;
}

export function denied(codes: Denial): RunAnswer {
  return { effect: "deny", codes, runIn: null, awaitsApproval: false };
}

// --- One of them, one tool ---------------------------------------------------------------------------------------------

/** The admission and the profile of one who is asked. */
export function hear(asked: Asked): Heard | Denial {
  const { config, networks, origin, state, agent } = asked;
  const unknown: Denial = agentIds(config).includes(agent) ? [] : ["unknown-agent"];
  const { provider, account, chat, sender } = origin;
  // "Come from the admission as if the message had mentioned the bot."
  const words = { action: "message", provider, chat, sender, mentioned: true } as const;
  const said = account === undefined ? words : { ...words, account };
  const admission = admissionOf(config, networks, said, state);
  // "Who would not have been admitted gets the same denial for a tool": nobody is sent a code for a call.
  if ("effect" in admission) {
    const unpaired: Denial = admission.effect === "challenge" ? ["sender-not-listed"] : [];
    return [...admission.codes, ...unpaired, ...unknown];
  }
  if (unknown.length > 0) return unknown;
  const { authority } = admission;
  const network = networks.find(({ id }) => id === provider)!;
  const rights = rightsOf(config, network, sender.id!, authority, state);
  if (rights === undefined) return ["profile-unknown"];
  // "Other agents: no turn, no command, no tool."
  if (!rights.agents(agent)) return ["agent-not-allowed"];
  const rules = rulesOf(config, network, account ?? "default")!;
  return { ...asked, network, rules, sender: sender.id!, authority, rights };
}

/** "In the sandbox when `sandbox.mode` is `all`, or `non-main` and the session is not the owner's own." */
export function isSandboxed(heard: Heard): boolean {
  const { mode } = sandboxOf(heard.config, heard.agent);
  return mode === "all" || (mode === "non-main" && !isOwnersOwn(heard));
}

/** "An owner's direct message, or the operator." What runs later has a session of its own, and is no turn. */
function isOwnersOwn({ network, origin, authority, run }: Heard): boolean {
  const isDirect = origin.chat.kind === "dm" && authority === "owner";
  return run === "turn" && (isDirect || network.layout === "operator");
}

export function toolFor(asked: Asked, call: Call | undefined, elevated: boolean): Permission | Denial {
  const heard = hear(asked);
  if (call === undefined) return ["unknown-tool", ...(isDenial(heard) ? heard : [])];
  return isDenial(heard) ? heard : permissionFor(heard, call, elevated);
}

export function permissionFor(heard: Heard, call: Call, elevated: boolean): Permission | Denial {
  const lists = listDenials(heard, call);
  if (lists.length > 0) return lists;

  const sandboxed = isSandboxed(heard);
  const { scope, workspaceAccess } = sandboxOf(heard.config, heard.agent);
  const session: Place = sandboxed ? "sandbox" : "host";
  const place: Place = elevated ? "host" : worksInTheSession(call.tool) ? session : "gateway";
  const denial: DecisionCode[] = [];
  if (elevated && !mayElevate(heard, call)) denial.push("elevated-not-allowed");
  // "It grants no tool, and the tool must pass every list, the sandbox's too."
  if (sandboxed && !passesSandbox(heard, call)) denial.push("tool-not-in-sandbox");
  // "With `workspaceAccess: "ro"` a sandboxed `write`, `edit` or `apply_patch` is denied. On the host they are not."
  if (place === "sandbox" && workspaceAccess === "ro" && writingTools.includes(call.tool))
    denial.push("workspace-read-only");
  // "A stranger's call never runs on the host, also where the agent has no sandbox."
  if (place === "host" && heard.authority === "stranger") denial.push("host-not-allowed");
  if (!heard.rights.places.includes(place)) denial.push("place-not-allowed");
  if (denial.length > 0) return denial;

  // "Every command on the host outside the owner's own session" waits, and so does what the profile asks about.
  const isCommand = commandTools.includes(call.tool);
  const awaitsApproval =
    (place === "host" && isCommand && !isOwnersOwn(heard)) ||
    (place !== "sandbox" && isNamed(call, heard.rights.ask, heard.networks));
  const seen: WorkspaceAccess = place === "host" ? "rw" : place === "sandbox" ? workspaceAccess : "none";
  return { runIn: { kind: "run-in", place, workspaceAccess: seen, scope }, awaitsApproval };
}

/** "A call must pass every list that applies." */
function listDenials(heard: Heard, call: Call): Denial {
  const { config, networks, network, rules, sender, authority, rights, agent, run, model, origin } = heard;
  const everywhere = globalTools(config);
  const own = entryOfAgent(config, agent).tools ?? {};
  const lists = [
    everywhere,
    ...listsByProvider(everywhere, model),
    own,
    ...listsByProvider(own, model),
    ...listsOfPlaces(placesOf(network, rules, origin.chat), network, sender),
    rights.tools,
    ...listsOfRun(config, run),
  ];
  const denial: DecisionCode[] = [];
  if (!lists.every((list) => passes(call, list, networks))) denial.push("tool-not-allowed");
  // "`gateway` and `cron` are for owners, and never for a run that no message started."
  if (ownerTools.includes(call.tool) && (authority !== "owner" || run !== "turn"))
    denial.push("owner-only-tool");
  return denial;
}

/**
 * "In a sandboxed session a tool must also pass both, where both are written. Only where neither sets `allow`, the built-in
 * allow list stands; only where neither sets `deny`, the built-in deny list."
 */
function passesSandbox({ config, networks, agent }: Heard, call: Call): boolean {
  const own = entryOfAgent(config, agent).tools ?? {};
  const lists = [globalTools(config).sandbox?.tools, own.sandbox?.tools];
  const setsAllow = lists.some((list) => list?.allow !== undefined);
  const setsDeny = lists.some((list) => list?.deny !== undefined);
  const builtInAllow = ["group:fs", "group:runtime", "group:sessions", "image"];
  const builtInDeny = ["browser", "canvas", "nodes", "cron", "gateway"];
  // "A `gateway` tool that the agent's own `allow` or `profile` names (by name or group, not by a wildcard) passes the
  // built-in allow list. No deny list gives way."
  const said = [...(own.allow ?? []), ...(own.profile === undefined ? [] : profileTools(own.profile))];
  const byName = said.filter((entry) => !entry.includes("*"));
  const excepted = !worksInTheSession(call.tool) && isNamed(call, byName, networks);
  return (
    lists.every((list) => passes(call, list, networks)) &&
    (setsAllow || excepted || passes(call, { allow: builtInAllow }, networks)) &&
    (setsDeny || passes(call, { deny: builtInDeny }, networks))
  );
}

/** "Moves `bash` and `process` to the host. All of:" */
function mayElevate({ config, network, sender, authority, agent, run }: Heard, call: Call): boolean {
  const everywhere = globalTools(config).elevated;
  const own = entryOfAgent(config, agent).tools?.elevated;
  return (
    commandTools.includes(call.tool) &&
    everywhere?.enabled !== false &&
    own?.enabled !== false &&
    names(everywhere?.allowFrom?.[network.id], network, sender) &&
    (own?.allowFrom === undefined || names(own.allowFrom[network.id], network, sender)) &&
    authority !== "stranger" &&
    run === "turn"
  );
}
