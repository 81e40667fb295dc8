export { createServer, type GatewayServer, type ServerOptions } from "./server.ts";
export { bindAddress, type BindMode } from "./bind.ts";
export { checkToken, ensureToken, type GatewayToken } from "./token.ts";
export { isClawdbot } from "./listen.ts";
export type { HealthReport } from "./health.ts";
export type { HttpHandler, HttpMount } from "./routes.ts";
