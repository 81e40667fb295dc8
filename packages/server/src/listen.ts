/** Takes the port, or says who has it. */
import { ClawdError } from "@clawd/kernel";
import { get, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * Resolves with the port once the server listens.
 * @throws CLAWD_PORT_IN_USE, CLAWD_PORT_FORBIDDEN, CLAWD_ADDRESS_UNAVAILABLE
 */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host, port, exclusive: true }, () => {
        server.off("error", reject);
        resolve();
      });
    });
  } catch (cause) {
    throw await listenFault(host, port, cause);
  }
  return (server.address() as AddressInfo).port;
}

async function listenFault(host: string, port: number, cause: unknown): Promise<ClawdError> {
  const reason = (cause as NodeJS.ErrnoException).code ?? "unknown error";
  switch (reason) {
    case "EADDRINUSE": {
      const hint = (await isClawdbot(host, port))
        ? "It looks like another clawdbot gateway: stop that one, or give this one another --port."
        : "Another program has it: end that one, or give this one another --port.";
      return new ClawdError("CLAWD_PORT_IN_USE", `Port ${port} on ${host} is in use.`, { hint, cause });
    }
    case "EACCES":
      return new ClawdError("CLAWD_PORT_FORBIDDEN", `Port ${port} on ${host} is not open to this user.`, {
        hint: "Take a port above 1023 with --port or gateway.port.",
        cause,
      });
    default:
      return new ClawdError(
        "CLAWD_ADDRESS_UNAVAILABLE",
        `Cannot listen on ${host}, port ${port} (${reason}).`,
        {
          hint: "Set gateway.bind to loopback, or to an address that this machine has.",
          cause,
        },
      );
  }
}

/** Milliseconds and bytes that another gateway's answer may take. */
const PROBE_TIMEOUT = 1000;
const PROBE_SIZE = 65_536;

/** Whether what listens there answers `/health` as a gateway does. */
export function isClawdbot(host: string, port: number): Promise<boolean> {
  const hostname = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return new Promise((resolve) => {
    const request = get(
      { host: hostname, port, path: "/health", timeout: PROBE_TIMEOUT, agent: false },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
          if (text.length > PROBE_SIZE) request.destroy();
        });
        response.on("end", () => resolve(isHealth(text)));
        response.on("close", () => resolve(false));
      },
    );
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}

function isHealth(text: string): boolean {
  try {
    const { status, version, providers } = Object(JSON.parse(text)) as Record<string, unknown>;
    return typeof status === "string" && typeof version === "string" && typeof providers === "object";
  } catch {
    return false;
  }
}
