/** Every slice of the small scope, in the order of docs/guarantees.md. */
import { directSlices } from "./scope-direct.ts";
import { groupSlices } from "./scope-groups.ts";
import { roomSlices } from "./scope-rooms.ts";
import { routingSlices } from "./scope-routing.ts";
import type { Slice } from "./scope.ts";

export const slices: readonly Slice[] = [...directSlices, ...groupSlices, ...roomSlices, ...routingSlices];
