export { createRoad, type Road, type RoadPorts } from "./road.ts";
export {
  createConnections,
  type Connection,
  type Connections,
  type ConnectionSpec,
  type Notice,
} from "./connections.ts";
export { catchStrayFaults, type FaultDomain, runInDomain } from "./fault-domain.ts";
export { jobRow } from "./job-row.ts";
export type { Job, JobOrigin } from "./job.ts";
export type { Scheduling } from "./scheduling.ts";
export type { Command, OwnersWord } from "./command.ts";
export { commands } from "./commands.ts";
export type { AgentSettings } from "./turn.ts";
export type { PatternMention } from "./request.ts";
export { gatewayExecutor } from "./gateway-executor.ts";
export { controlExecutor } from "./control-executor.ts";
export { placeExecutor, type PlaceLease, type Places } from "./place-executor.ts";
export type { PlacedCall, ToolExecutor, ToolRun } from "./tool-call.ts";
export {
  type ConfigInForce,
  type ConfigRead,
  createConfigInForce,
  hearAboutConfig,
  type HeldConfig,
  type Offer,
} from "./config-in-force.ts";
export { configDifference, type ConfigDifference, type SettingDifference } from "./config-difference.ts";
export { acceptUpdate, recordAccess, refuseWideningUpdate } from "./access-record.ts";
export { heldNotices } from "./held-notice.ts";
export { type OwnersChat, ownersChats } from "./owners-chats.ts";
export type { FetchFile } from "./pictures-port.ts";
export { healthOf, type Standing, standings } from "./standing.ts";
export { noteKey } from "./provider-note.ts";
