/** Names only. */
export { engineAddress, type EngineAddress, type EngineSetting, type EngineTls } from "./docker/address.ts";
export { dockerEngine } from "./docker/engine.ts";
export type { DockerEngineOptions, Patience } from "./docker/session.ts";
