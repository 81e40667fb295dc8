/** Names only. */
export { engineSocket } from "./docker/connection.ts";
export { dockerEngine } from "./docker/engine.ts";
export type { DockerEngineOptions, Patience } from "./docker/session.ts";
