/** How a command talks to the gateway that runs on this state: its address is in a file beside the state, its token too. */
import { readConfig, valueOf } from "@clawd/config";
import type { Standing } from "@clawd/core";
import {
  callGateway as call,
  type GatewayAddress,
  keptToken,
  runningGateway as running,
} from "@clawd/server";
import { pathsFrom } from "./paths.ts";

/** Undefined when no gateway runs on this state, as far as its file says. */
export const runningGateway = (): GatewayAddress | undefined => running(pathsFrom(process.env).runtime);

/** @throws CLAWD_GATEWAY_NOT_RUNNING, CLAWD_GATEWAY_REFUSED */
export const callGateway = (path: string, body: unknown): Promise<unknown> =>
  call(runningGateway(), gatewayToken, path, body);

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
  return typeof configured === "string" ? configured : (keptToken(paths.stateDir) ?? "");
}
