/** Names in the lists of tools of groups, topics, guilds and channels that decide nothing; those of `"*"` are not examined. */
import { startCompilation } from "../compilation.ts";
import { compileToolList } from "../compile-tool-list.ts";
import { formatPath, type ConfigPath } from "../config-path.ts";
import type { GroupScope, RoomTools, ToolList } from "../plan.ts";
import type { CompileOptions } from "../policy.ts";
import type { Alike } from "./alike.ts";
import { keysAt, withoutValue } from "./config-edit.ts";
import { placesOf, type ConfigPlace } from "./config-places.ts";
import { questionOf, type Landscape, type Standing } from "./landscape.ts";
import { nodeAt, over } from "./over.ts";
import { chatsByPlace, moverOf } from "./place-chats.ts";
import type { Spot } from "./spots.ts";
import { toolEntriesIn } from "./tool-entries.ts";

export function deadRoomTools(
  config: unknown,
  options: CompileOptions,
  landscape: Landscape,
  alike: Alike,
): readonly ConfigPath[] {
  const compilation = startCompilation(config, options);
  const root = compilation.root.value;
  const chatsOf = chatsByPlace(root, landscape);
  const bySpot = new Map<Spot, Standing[]>();
  for (const standing of landscape.standings)
    bySpot.set(standing.spot, [...(bySpot.get(standing.spot) ?? []), standing]);

  return options.networks.flatMap((network) =>
    placesOf(root, network)
      .filter(({ path }) => !path.includes("*"))
      .flatMap((place) => {
        const entries = entriesOf(root, place);
        if (entries.length === 0) return [];
        const { move, room } = moverOf(network, place, "");
        const spots = new Set(
          chatsOf(place, room).flatMap(({ spot, chat }) => (move(chat) === null ? [] : [spot])),
        );
        return entries.filter((entry) => [...spots].every((spot) => isSameWithout(entry, spot)));
      }),
  );

  function isSameWithout(entry: ConfigPath, spot: Spot): boolean {
    const [side] = spot.sides;
    if (side?.scope.chat !== "group") return true;
    const changed = { ...side, scope: scopeWithout(entry, side.scope) };
    return bySpot.get(spot)!.every((standing) => {
      const question = questionOf(standing);
      const reading = { side, question, origin: question, elevated: standing.senders.elevated[0]! };
      return alike.passes(reading, { ...reading, side: changed });
    });
  }

  function scopeWithout(entry: ConfigPath, scope: GroupScope): GroupScope {
    const block = entry.slice(0, -2);
    const edited = over(compilation, withoutValue(root, entry));
    const rest = compileToolList(edited, nodeAt(edited, block))!;
    const key = formatPath(entry.slice(0, -1));
    // What the place does not say itself comes from elsewhere, and stays.
    const change = (list: ToolList): ToolList => {
      if (list.allowRule.path === key) return { ...list, allow: rest.allow };
      return list.denyRule.path === key ? { ...list, deny: rest.deny } : list;
    };
    const roomTools = scope.roomTools.map(({ tools, bySender, others }): RoomTools => ({
      tools: tools && change(tools),
      bySender: new Map([...bySender].map(([id, list]) => [id, change(list)])),
      others: others && change(others),
    }));
    return { ...scope, roomTools };
  }
}

const entriesOf = (config: unknown, { path }: ConfigPlace): readonly ConfigPath[] => [
  ...toolEntriesIn(config, [...path, "tools"]),
  ...keysAt(config, [...path, "toolsBySender"]).flatMap((key) =>
    toolEntriesIn(config, [...path, "toolsBySender", key]),
  ),
];
