/** Requests in the open: those in absolute form to the proxy itself, and those inside a tunnel, which name their host once more. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Connection } from "./connections.ts";
import { forward } from "./forward.ts";
import type { Gate } from "./gate.ts";
import { formatAuthority, parseUrl } from "./host.ts";
import { isHostOf } from "./named-host.ts";
import { misdirected, notReached, notValid, refuseResponse } from "./refusal.ts";
import type { Passage } from "./tunnel.ts";

export async function serveRequest(
  gate: Gate,
  connection: Connection,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  connection.arrived();
  const parsed = parseUrl(request.url ?? "");
  if (parsed === null || parsed.url.protocol !== "http:" || request.method === "TRACE") {
    gate.refused(parsed?.target ?? null, "target-not-valid");
    return refuseResponse(response, notValid);
  }
  const { url, target } = parsed;
  if (!isHostOf(request, target, 80)) {
    gate.refused(target, "host-mismatch");
    return refuseResponse(response, misdirected);
  }
  let over: Socket;
  try {
    over = await gate.dial(connection, target);
  } catch (fault) {
    const refusal = gate.refusalFor(connection, target, fault);
    return refusal === null ? void response.destroy() : refuseResponse(response, refusal);
  }
  const onBroken = () => refuseResponse(response, notReached(formatAuthority(target)));
  const path = `${url.pathname}${url.search}`;
  forward(request, response, { target, path, usualPort: 80, over, secrets: [], onBroken });
}

export function servePassage(
  gate: Gate,
  passage: Passage,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { target, usualPort, secrets, agent, connection } = passage;
  const path = request.url ?? "";
  if (!isHostOf(request, target, usualPort)) {
    gate.refused(target, "host-mismatch");
    return refuseResponse(response, misdirected);
  }
  // An absolute form names a host once more, TRACE says back what was put in.
  if ((!path.startsWith("/") && path !== "*") || request.method === "TRACE") {
    gate.refused(target, "request-not-valid");
    return refuseResponse(response, notValid);
  }
  for (const { header } of secrets) gate.secretUsed(target, request.method ?? "", header);
  const onBroken = () => {
    if (connection.signal.aborted) return;
    gate.refused(target, "connection-failed");
    refuseResponse(response, notReached(formatAuthority(target)));
  };
  forward(request, response, { target, path, usualPort, over: agent, secrets, onBroken });
}
