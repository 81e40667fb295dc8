/** How a command talks to the gateway that runs on this state: its address is in a file beside the state, its token too. */
import { readConfig, valueOf } from "@clawd/config";
import { ClawdError } from "@clawd/kernel";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathsFrom } from "./paths.ts";
import type { Standing } from "./standing.ts";

/** What a running gateway says of itself, 0600. */
export interface GatewayAddress {
  readonly pid: number;
  readonly port: number;
}

export function addressFile(runtimeDirectory: string): string {
  return join(runtimeDirectory, "gateway.json");
}

/** Undefined when no gateway runs on this state, as far as its file says. */
export function runningGateway(): GatewayAddress | undefined {
  try {
    const address = JSON.parse(
      readFileSync(addressFile(pathsFrom(process.env).runtime), "utf8"),
    ) as GatewayAddress;
    process.kill(address.pid, 0);
    return address;
  } catch {
    return undefined;
  }
}

/** @throws CLAWD_GATEWAY_NOT_RUNNING, CLAWD_GATEWAY_REFUSED */
export async function callGateway(path: string, body: unknown): Promise<unknown> {
  const address = runningGateway();
  if (address === undefined) throw notRunning();
  const token = gatewayToken();
  const response = await fetch(`http://127.0.0.1:${address.port}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  }).catch((cause: unknown) => {
    throw notRunning(cause);
  });
  const answer = (await response.json().catch(() => ({}))) as { error?: { message?: string; hint?: string } };
  if (response.ok) return answer;
  throw new ClawdError(
    "CLAWD_GATEWAY_REFUSED",
    answer.error?.message ?? `The gateway answered ${response.status}.`,
    {
      hint: answer.error?.hint ?? "Look into the gateway's log with `clawdbot logs`.",
    },
  );
}

/** How the accounts of the running gateway stand; none when there is no gateway that answers. */
export async function askStandings(): Promise<readonly Standing[]> {
  if (runningGateway() === undefined) return [];
  try {
    const answer = (await callGateway("/control/status", {})) as { readonly standings: readonly Standing[] };
    return answer.standings;
  } catch {
    return [];
  }
}

/** The configured token, else the one that the gateway made. */
function gatewayToken(): string {
  const paths = pathsFrom(process.env);
  const { result } = readConfig({ path: paths.config, environment: process.env, unsetSecrets: "warn" });
  const config = result.ok
    ? (valueOf(result.value.root) as { gateway?: { auth?: { token?: unknown } } })
    : {};
  const configured = config.gateway?.auth?.token;
  return typeof configured === "string"
    ? configured
    : readFileSync(join(paths.credentials, "gateway-token"), "utf8").trim();
}

export function notRunning(cause?: unknown): ClawdError {
  return new ClawdError("CLAWD_GATEWAY_NOT_RUNNING", "No gateway is running on this state.", {
    hint: "Start it with `clawdbot gateway`.",
    ...(cause === undefined ? {} : { cause }),
  });
}
