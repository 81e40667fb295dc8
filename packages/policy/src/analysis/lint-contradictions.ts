/** What a config says and cannot mean: grants to nobody, and people bound to what they may not reach. */
import type { ConfigPath } from "../config-path.ts";
import type { Plan } from "../plan.ts";
import { entriesAt, keysAt, valueAt } from "./config-edit.ts";
import { findingAt, findingBy, type Found, type LintSource } from "./finding.ts";
import { questionOf } from "./landscape.ts";
import { limitFor } from "./message-answers.ts";
import type { RunLandscape } from "./run-bases.ts";
import { listText } from "./texts.ts";
import type { Finding } from "./types.ts";
import { sendersText } from "./words.ts";

/** Without a source, what can be seen in the policy alone. */
export function contradictions(landscape: RunLandscape, source: LintSource | undefined): readonly Finding[] {
  const [plan] = landscape.plans as readonly [Plan];
  return [
    ...outOfReach(landscape),
    ...roomsForNobody(landscape),
    ...(source === undefined
      ? []
      : [
          ...elevatedForNobody(plan, source),
          ...agentsForNobody(plan, source),
          ...profilesForNobody(landscape, plan, source),
          ...emptyLists(source),
        ]),
  ];
}

const warning = (code: string, message: string, hint: string): Found => ({
  code,
  severity: "warning",
  message,
  hint,
});

/** People whom the rules let in, and whose profile does not reach the agent that answers there. */
function outOfReach(landscape: RunLandscape): readonly Finding[] {
  const found = new Map<string, { readonly finding: Finding; readonly who: Set<string> }>();
  for (const { spot, senders } of landscape.standings) {
    const [side] = spot.sides;
    const limit = side && limitFor(side, questionOf({ spot, senders }), { isWithinBudget: true });
    if (!limit || limit.check !== "agent" || limit.profile === null) continue;
    const { profile, agent } = limit;
    const key = `${profile.name} ${agent}`;
    const message = `answers nobody of the profile ${profile.name}, which does not reach ${agent}`;
    const hint = `Add "${agent}" to agents of the profile, or bind them to an agent that it reaches.`;
    const known = found.get(key) ?? {
      finding: findingBy(profile.rules.agents, warning("agent-out-of-reach", message, hint)),
      who: new Set<string>(),
    };
    found.set(key, known);
    const kind = senders.isRest ? "all-but" : "only";
    for (const who of sendersText({ network: spot.network, kind, ids: senders.ids }, {}, ""))
      known.who.add(`${who} in ${spot.chats[0]!.place.text}`);
  }
  return [...found.values()].map(({ finding, who }) => ({
    ...finding,
    message: `${listText([...who])}: the agent there ${finding.message}.`,
  }));
}

/** Rooms that are accepted and in which nobody can start a turn. */
function roomsForNobody({ standings, origins }: RunLandscape): readonly Finding[] {
  const answered = new Set(
    origins.filter(({ held }) => held[0] !== null).map(({ standing }) => standings[standing]!.spot),
  );
  const spots = new Set(standings.map(({ spot }) => spot));
  return [...spots].flatMap((spot) => {
    const scope = spot.sides[0]?.scope;
    const isOn =
      spot.sides[0]?.account.isOn === "on" &&
      scope?.chat === "group" &&
      scope.groupPolicy !== "disabled" &&
      (scope.room === "named" || scope.room === "whole");
    if (!isOn || answered.has(spot)) return [];
    const where = listText(spot.chats.map(({ place }) => place.text));
    const message = `${where}: accepted, and nobody may write there.`;
    const hint = "Name people in its list, remove the list, or switch the room off.";
    return [findingBy(scope.rules.roomList, warning("room-for-nobody", message, hint))];
  });
}

function elevatedForNobody({ agents, networks }: Plan, source: LintSource): readonly Finding[] {
  const { config } = source;
  const [anyAgent] = agents.values();
  const isListed =
    anyAgent !== undefined &&
    [...networks.keys()].some((id) => (anyAgent.elevated.global.lists?.get(id)?.ids.size ?? 0) > 0);
  const global: ConfigPath = ["tools", "elevated"];
  if (valueAt(config, [...global, "enabled"]) === true && !isListed) {
    const hint = "Name people in tools.elevated.allowFrom.<network>, or leave the key out.";
    return [
      findingAt(
        [...global, "enabled"],
        warning("elevated-for-nobody", "Elevated mode is switched on for nobody.", hint),
        source,
      ),
    ];
  }
  return entriesAt(config, ["agents", "list"]).flatMap((path) => {
    const own = [...path, "tools", "elevated", "enabled"];
    const id = String(valueAt(config, [...path, "id"]));
    const gate = agents.get(id)?.elevated;
    const isOpen = [...networks.keys()].some((network) => {
      const listed = gate?.global.lists?.get(network)?.ids ?? new Set<string>();
      const lists = gate?.own.lists;
      return [...listed].some((person) => lists === null || lists?.get(network)?.ids.has(person));
    });
    if (valueAt(config, own) !== true || isOpen) return [];
    const hint =
      "Whoever is to have it must stand in tools.elevated.allowFrom and in the agent's own list, where it has one.";
    return [
      findingAt(
        own,
        warning("elevated-for-nobody", `Elevated mode is switched on for nobody as ${id}.`, hint),
        source,
      ),
    ];
  });
}

function agentsForNobody({ agents }: Plan, source: LintSource): readonly Finding[] {
  const path = ["tools", "agentToAgent", "enabled"];
  const isUsed = [...agents].some(([id, { reaches }]) => [...reaches].some((other) => other !== id));
  if (valueAt(source.config, path) !== true || isUsed) return [];
  const hint = "Name two agents or more in tools.agentToAgent.allow; absent or empty is nobody.";
  return [
    findingAt(
      path,
      warning(
        "agent-to-agent-for-nobody",
        "agentToAgent is switched on and lets no agent reach another.",
        hint,
      ),
      source,
    ),
  ];
}

/** A profile that neither a member nor an approval nor a standing gives to anybody. */
function profilesForNobody(
  { origins, profiles }: RunLandscape,
  { networks }: Plan,
  source: LintSource,
): readonly Finding[] {
  const accounts = [...networks.values()].flatMap((network) => [...network.accounts.values()]);
  const canApprove = accounts.some(
    ({ isOn, operator, direct }) => isOn === "on" && operator === null && direct.dmPolicy === "pairing",
  );
  const held = new Set(
    origins.flatMap(({ held: [name], profile }) =>
      canApprove || profiles[profile] === null ? (name ?? []) : [],
    ),
  );
  return keysAt(source.config, ["access", "profiles"]).flatMap((name) => {
    if (held.has(name)) return [];
    const message = `Nobody can have the profile ${name}.`;
    const hint =
      "Name its members, or approve somebody with it: that needs a network under the pairing policy.";
    return [findingAt(["access", "profiles", name], warning("profile-for-nobody", message, hint), source)];
  });
}

/** An `allow` that is written and empty: it lets nothing through, which `[]` seldom means to its writer. */
function emptyLists(source: LintSource): readonly Finding[] {
  const { config } = source;
  const blocks: readonly ConfigPath[] = [
    ["tools"],
    ...entriesAt(config, ["agents", "list"]).map((path) => [...path, "tools"]),
    ...keysAt(config, ["access", "profiles"]).map((name) => ["access", "profiles", name, "tools"]),
  ];
  return blocks.flatMap((block) => {
    const allow = valueAt(config, [...block, "allow"]);
    if (!Array.isArray(allow) || allow.length > 0) return [];
    const hint = "Leave the key out to allow everything that is not denied.";
    return [
      findingAt(
        [...block, "allow"],
        { ...warning("empty-allow", "An empty allow lets no tool through.", hint), severity: "note" },
        source,
      ),
    ];
  });
}
