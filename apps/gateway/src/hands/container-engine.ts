/** The container engine that the config and the gateway's environment name; one for all agents. */
import type { Clock } from "@clawd/kernel";
import type { EngineReach } from "@clawd/sandbox";
import type { Config } from "../config.ts";
import { expandHome } from "../paths.ts";

/** Its client, and how what runs on it is reached. Loads Docker's client. @throws CLAWD_ENGINE_UNAVAILABLE when it names none */
export async function containerEngine(
  config: Config | undefined,
  environment: NodeJS.ProcessEnv,
  clock: Clock,
) {
  const { dockerEngine, engineAddress } = await import("@clawd/sandbox/docker");
  const { socket, certPath, remote, transport = "auto" } = config?.agents?.defaults?.sandbox?.docker ?? {};
  const address = engineAddress(
    { socket, certPath: certPath === undefined ? undefined : expandHome(certPath) },
    environment,
  );
  const reach: EngineReach = { isRemote: "tls" in address || remote === true, transport };
  return { engine: dockerEngine({ ...address, clock }), reach };
}
