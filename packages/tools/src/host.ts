/** The host as a place. */
export { hostEnvironment, type HostEnvironmentSettings } from "./host/environment.ts";
export { hostPlace, type HostPlace, type HostPlaceOptions } from "./host/host-place.ts";
export type { Root } from "./host/walk.ts";
