/** The ways out: a proxy for each container that the config opens hosts to, and the fetch of the tools. */
import type { Clock, Logger } from "@clawd/kernel";
import type { FetchFile, FetchPage, ProxyEvent } from "@clawd/egress";
import type { SandboxNeed, WayOut } from "@clawd/sandbox";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Config } from "./config.ts";
import { egressOf } from "./sandbox-settings.ts";

interface WayOutOptions {
  readonly config: () => Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stateDirectory: string;
}

/** Where the channel's directory stands in a container. */
const channel = "/run/clawd";

/** Says how a container gets out; null where the config opens nothing. */
export async function wayOuts(options: WayOutOptions): Promise<(need: SandboxNeed) => WayOut | null> {
  const { config, clock, logger, stateDirectory } = options;
  const egress = await import("@clawd/egress");
  const resolver = egress.createResolver({ clock });
  let authority: ReturnType<typeof egress.openCertificateAuthority> | undefined;

  return (need) => {
    const settings = egressOf(config(), need.agent, need.scopeKey === "shared");
    const compiled = egress.compileEgress(settings ?? {});
    if (settings === undefined || !compiled.ok || compiled.value.allow.length === 0) return null;
    const { allow } = compiled.value;
    // A page of any host could have a browser send them.
    const secrets = need.purpose === "browser" ? [] : compiled.value.secrets;
    const hasSecrets = secrets.length > 0;
    return {
      socket: egress.socketName,
      digest: createHash("sha256").update(JSON.stringify(settings)).digest("hex"),
      environment: egress.containerEnvironment(hasSecrets ? { directory: channel } : {}),
      async open(directory) {
        if (hasSecrets)
          authority ??= egress.openCertificateAuthority({ directory: join(stateDirectory, "state"), clock });
        const proxy = egress.createEgressProxy({
          allow,
          secrets,
          resolver,
          clock,
          ...(authority && { authority }),
          onEvent: (event) => told(logger, need, event),
        });
        await proxy.listenForContainer(directory, { isOpenWithin: true });
        return { close: () => proxy.stop() };
      },
    };
  };
}

function told(logger: Logger, { scopeKey }: SandboxNeed, event: ProxyEvent): void {
  const { kind, host, port } = event;
  if (kind === "connection-refused")
    logger.warn("a container was refused a way out", { scope: scopeKey, host, port, reason: event.reason });
  else logger.debug(kind, { scope: scopeKey, host, port });
}

/** For a browser on this machine: the public web, whatever a page asks for. */
export async function loopbackWayOut({ clock, logger }: Pick<WayOutOptions, "clock" | "logger">) {
  const { createEgressProxy, createResolver } = await import("@clawd/egress");
  const proxy = createEgressProxy({
    allow: "public",
    resolver: createResolver({ clock }),
    clock,
    onEvent(event) {
      const { kind, host, port } = event;
      if (kind === "connection-refused")
        logger.info("a browser was refused a way out", { host, port, reason: event.reason });
    },
  });
  return { port: await proxy.listenOnLoopback(), close: () => proxy.stop() };
}

/** For `web_fetch` and `image`: the public web, whoever asks. */
export async function webFetchers({ clock, logger }: Pick<WayOutOptions, "clock" | "logger">): Promise<{
  readonly fetchPage: FetchPage;
  readonly fetchFile: FetchFile;
}> {
  const { createDialer, createFileFetcher, createGuardedFetch, createPageFetcher, createResolver } =
    await import("@clawd/egress");
  const dialer = createDialer({ resolver: createResolver({ clock }), clock });
  const guarded = createGuardedFetch({
    dialer,
    clock,
    onEvent: ({ reason }) => logger.info("an address was not fetched", { reason }),
  });
  return { fetchPage: createPageFetcher(guarded), fetchFile: createFileFetcher(guarded) };
}
