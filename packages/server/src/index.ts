export { createServer, type GatewayServer, type ServerOptions } from "./server.ts";
export { bindAddress, type BindMode } from "./bind.ts";
export { checkToken, ensureToken, type GatewayToken, isStrongToken, keptToken } from "./token.ts";
export type { HealthReport } from "./health.ts";
export { reusableMounts, type ReusableMounts } from "./reusable-mounts.ts";
export { announceAddress, type GatewayAddress, runningGateway } from "./gateway-address.ts";
export { callGateway, notRunning } from "./control-call.ts";
export { whoHas } from "./who-has.ts";
export type { HttpHandler, HttpMount } from "./routes.ts";
