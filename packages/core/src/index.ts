export { createRoad, type Road, type RoadPorts } from "./road.ts";
export {
  createConnections,
  type Connection,
  type Connections,
  type ConnectionSpec,
  type Notice,
} from "./connections.ts";
export { catchStrayFaults, type FaultDomain, runInDomain } from "./fault-domain.ts";
export { jobRow } from "./jobs/job-row.ts";
export type { Job, JobOrigin } from "./jobs/job.ts";
export type { Scheduling } from "./jobs/scheduling.ts";
export type { Command, OwnersWord } from "./commands/command.ts";
export { commands } from "./commands/commands.ts";
export type { AgentSettings } from "./turn.ts";
export type { PatternMention } from "./request.ts";
export { gatewayExecutor } from "./calls/gateway-executor.ts";
export { controlExecutor } from "./calls/control-executor.ts";
export { placeExecutor, type PlaceLease, type Places } from "./calls/place-executor.ts";
export type { PlacedCall, ToolExecutor, ToolRun } from "./calls/tool-call.ts";
export {
  type ConfigInForce,
  type ConfigRead,
  createConfigInForce,
  hearAboutConfig,
  type HeldConfig,
  type Offer,
} from "./config/config-in-force.ts";
export {
  configDifference,
  type ConfigDifference,
  type SettingDifference,
} from "./config/config-difference.ts";
export { acceptUpdate, recordAccess, refuseWideningUpdate } from "./config/access-record.ts";
export { heldNotices } from "./config/held-notice.ts";
export { type OwnersChat, ownersChats } from "./owners-chats.ts";
export type { FetchFile } from "./reach/pictures-port.ts";
export { healthOf, type Standing, standings } from "./config/standing.ts";
export { noteKey } from "./provider-note.ts";
