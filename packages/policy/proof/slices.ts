/** Every slice of the small scope, in the order of docs/guarantees.md. */
import { directSlices } from "./scope-direct.ts";
import { elevatedSlices } from "./scope-elevated.ts";
import { groupSlices } from "./scope-groups.ts";
import { placeSlices } from "./scope-places.ts";
import { rememberedSlices } from "./scope-remembered.ts";
import { rightsSlices } from "./scope-rights.ts";
import { roomSlices } from "./scope-rooms.ts";
import { routingSlices } from "./scope-routing.ts";
import { sendSlices } from "./scope-send.ts";
import { sessionSlices } from "./scope-sessions.ts";
import { severalSlices } from "./scope-several.ts";
import { threadSlices } from "./scope-threads.ts";
import { toolSlices } from "./scope-tools.ts";
import type { Slice } from "./scope.ts";

export const slices: readonly Slice[] = [
  directSlices,
  groupSlices,
  roomSlices,
  routingSlices,
  rightsSlices,
  toolSlices,
  placeSlices,
  elevatedSlices,
  sendSlices,
  threadSlices,
  sessionSlices,
  severalSlices,
  rememberedSlices,
].flat();
