/** What every place and every engine promises, as suites: whoever writes another passes the same ones as ours. */
export { placeConformance, type PlaceConformance } from "./conformance/place-conformance.ts";
export type { PlaceCase, PlaceRunner, PlaceUnderTest } from "./conformance/world.ts";
export { engineConformance, type EngineConformance } from "./conformance/engine-conformance.ts";
export type { EngineUnderTest } from "./conformance/engine-world.ts";
export type { Skip } from "./conformance/skips.ts";
