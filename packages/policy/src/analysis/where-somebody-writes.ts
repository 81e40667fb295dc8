/**
 * The places where people write. A channel is a room of a guild or a workspace; where rules are written for groups alone there
 * is no such room, and what is called a channel there speaks for itself: its posts have no sender.
 */
import type { Plan } from "../plan.ts";
import type { RunLandscape } from "./run-bases.ts";
import type { Spot } from "./spots.ts";

/** `landscape`: of one policy. The engine answers about the others as well, so `reach` and `diff` speak of them. */
export function whereSomebodyWrites(landscape: RunLandscape): RunLandscape {
  const [plan] = landscape.plans as readonly [Plan];
  const spots = new Map<Spot, Spot | null>();
  for (const { spot } of landscape.standings)
    if (!spots.has(spot)) spots.set(spot, writtenTo(spot, plan.networks.get(spot.network)?.layout));
  const places = new Map<number, number>();
  const standings = landscape.standings.flatMap(({ spot, senders }, at) => {
    const written = spots.get(spot);
    if (!written) return [];
    places.set(at, places.size);
    return [{ spot: written, senders }];
  });
  return {
    ...landscape,
    standings,
    passes: landscape.passes.filter((_, at) => places.has(at)),
    origins: landscape.origins
      .filter(({ standing }) => places.has(standing))
      .map((origin, index) => ({ ...origin, index, standing: places.get(origin.standing)! })),
  };
}

function writtenTo(spot: Spot, layout: string | undefined): Spot | null {
  if (layout !== "groups") return spot;
  const chats = spot.chats.filter(({ chat }) => chat.kind !== "channel");
  if (chats.length === spot.chats.length) return spot;
  const [first] = chats;
  return first === undefined ? null : { ...spot, chat: first.chat, chats };
}
