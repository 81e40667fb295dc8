/** Whether a request names the host that it is sent to: two answers to "which host" are how one is reached behind another. */
import type { IncomingMessage } from "node:http";
import { parseAuthority, type Target } from "./host.ts";

/** Exactly one Host, and it is the target. */
export function isHostOf(request: IncomingMessage, target: Target, usualPort: number): boolean {
  const [said, ...others] = request.headersDistinct.host ?? [];
  const host = said === undefined || others.length > 0 ? null : parseAuthority(said, usualPort);
  return host !== null && host.host.name === target.host.name && host.port === target.port;
}
