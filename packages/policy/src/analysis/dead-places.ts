/**
 * Rules of groups, topics, guilds and channels that decide nothing: a whole entry, or one key of it. What `"*"` says is what
 * all others inherit, so its own entries are not examined.
 */
import { compile } from "../compile.ts";
import type { ConfigPath } from "../config-path.ts";
import type { AccountPlan, Plan } from "../plan.ts";
import { planOf } from "../plan-of.ts";
import type { CompileOptions } from "../policy.ts";
import type { ChatReference } from "../request.ts";
import { targetOf } from "../decide-send.ts";
import { scopeOf } from "../view.ts";
import type { Alike } from "./alike.ts";
import { asQuestion } from "./as-question.ts";
import { keysAt, valueAt, withoutValue, withValue } from "./config-edit.ts";
import { placesOf, type ConfigPlace } from "./config-places.ts";
import { questionAt, type Landscape } from "./landscape.ts";
import { chatsByPlace, moverOf } from "./place-chats.ts";
import { optionsFor, probePrefix } from "./probes.ts";
import { rosterOf, sendersAt, type Roster, type SenderClass } from "./sender-classes.ts";
import type { Spot, SpotSide } from "./spots.ts";
import type { TargetClass } from "./targets.ts";

export interface DeadRule {
  readonly path: ConfigPath;
  readonly kind: "entry" | "key";
}

interface Candidate extends DeadRule {
  readonly place: ConfigPlace;
  /** The key of a place without the rule; one that no place has where the whole entry goes. */
  readonly probe: string;
}

export function deadPlaces(
  config: unknown,
  options: CompileOptions,
  landscape: Landscape,
  alike: Alike,
): readonly DeadRule[] {
  const prefix = probePrefix(config);
  const candidates: Candidate[] = [];
  let probed = config;
  const additions = new Map<string, { readonly path: ConfigPath; readonly entries: [string, unknown][] }>();
  for (const network of options.networks)
    for (const place of placesOf(config, network)) {
      if (place.path.includes("*")) continue;
      for (const { path, kind, without } of rulesOf(config, place)) {
        const probe = `${prefix}-${candidates.length}`;
        candidates.push({ path, kind, place, probe });
        if (without === null) continue;
        const map = place.path.slice(0, -1);
        const key = JSON.stringify(map);
        const known = additions.get(key) ?? { path: map, entries: [] };
        additions.set(key, known);
        known.entries.push([probe, without]);
      }
    }
  // Guilds hold channels, and groups topics: the inner ones first, or their maps would be the old ones.
  const inner = [...additions.values()].sort((a, b) => b.path.length - a.path.length);
  for (const { path, entries } of inner)
    probed = withValue(probed, path, {
      ...(valueAt(probed, path) as object),
      ...Object.fromEntries(entries),
    });
  const result = compile(probed, optionsFor(options, prefix));
  const plan = result.ok ? planOf(result.policy) : undefined;
  if (plan === undefined) return [];
  const isDead = deadUnder(config, options, landscape, alike, plan);
  return candidates.filter(isDead).map(({ path, kind }) => ({ path, kind }));
}

interface Rule extends DeadRule {
  /** The entry without the rule; null where the whole entry is the rule. */
  readonly without: unknown;
}

function rulesOf(config: unknown, { path, level }: ConfigPlace): readonly Rule[] {
  const held = level === "guild" ? "channels" : "topics";
  const keys = keysAt(config, path).filter((key) => key !== held);
  const rest = (rule: ConfigPath) => valueAt(withoutValue(config, rule), path);
  return [
    { path, kind: "entry", without: null },
    ...keys.map((key) => ({ path: [...path, key], kind: "key", without: rest([...path, key]) }) as const),
  ];
}

function deadUnder(
  config: unknown,
  options: CompileOptions,
  landscape: Landscape,
  alike: Alike,
  plan: Plan,
): (candidate: Candidate) => boolean {
  const networks = new Map(options.networks.map((network) => [network.id, network]));
  const chatsOf = chatsByPlace(config, landscape);
  const rosters = new Map<string, Roster>();
  const rosterFor = (network: string) => {
    const roster = rosters.get(network) ?? rosterOf(landscape.plans, network);
    rosters.set(network, roster);
    return roster;
  };
  const senders = new Map<Spot, SenderClass[]>();
  for (const { spot, senders: each } of landscape.standings) {
    const known = senders.get(spot);
    if (known === undefined) senders.set(spot, [each]);
    else known.push(each);
  }
  return ({ place, probe }) => {
    const network = networks.get(place.network)!;
    const { move, room } = moverOf(network, place, probe);
    return chatsOf(place, room).every(({ spot, chat }) => {
      const moved = move(chat);
      if (moved === null) return true;
      const account = plan.networks.get(place.network)!.accounts.get(spot.account)!;
      const [from, to] = [sideAt(plan, account, spot, chat), sideAt(plan, account, spot, moved)];
      const pair: Spot = { ...spot, chat, sides: [from, to] };
      const isSame = (each: SenderClass) => {
        // The seat of the chat as it is, under the rules of the chat as it would be.
        const question = questionAt(pair, each.witness);
        const [a, b] = [
          { side: from, question, origin: question, elevated: each.elevated[0]! },
          {
            side: to,
            question,
            origin: questionAt({ ...pair, chat: moved }, each.witness),
            elevated: each.elevated[0]!,
          },
        ];
        return alike.messages(a, b) && alike.runs(a, b);
      };
      // Most rules are felt by somebody whom the place tells apart already.
      return (
        senders.get(spot)!.every(isSame) &&
        isSameTarget(alike, plan, spot, chat, moved) &&
        sendersAt(pair, rosterFor(place.network)).every(isSame)
      );
    });
  };
}

const sideAt = (
  plan: Plan,
  account: AccountPlan,
  { network, account: name }: Spot,
  chat: ChatReference,
): SpotSide => ({
  plan,
  account,
  scope: scopeOf(account, asQuestion(network, name, chat)),
});

/** Whether runs may write to the chat as before. */
function isSameTarget(
  alike: Alike,
  plan: Plan,
  spot: Spot,
  chat: ChatReference,
  moved: ChatReference,
): boolean {
  const { network, account } = spot;
  const words = [chat, moved].map((each) => {
    const to = asQuestion(network, account, each);
    const wordFor = (standing: "owner" | "listed") =>
      targetOf({ plan, origin: { ...to, provider: "" }, state: {}, standing }, to).word;
    return { owner: wordFor("owner"), other: wordFor("listed") };
  });
  const isSame = words[0]!.owner === words[1]!.owner && words[0]!.other === words[1]!.other;
  const place = { to: { provider: network, account, chat }, isPaired: false, isAnyOther: false, text: "" };
  const target: TargetClass = { network, words, chats: [place], isSame };
  return isSame || !alike.isSentDifferently(target);
}
