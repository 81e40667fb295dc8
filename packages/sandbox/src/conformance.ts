/** What every place promises, as a suite: the host's own place and the container's pass the same one. */
export { placeConformance, type PlaceConformance } from "./conformance/place-conformance.ts";
export type { PlaceCase, PlaceRunner, PlaceUnderTest } from "./conformance/world.ts";
