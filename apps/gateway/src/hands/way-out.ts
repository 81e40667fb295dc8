/** The ways out: a proxy for each container that the config opens hosts to, and the fetch of the tools. */
import type { Clock, Logger } from "@clawd/kernel";
import type { FetchFile, FetchPage, ProxyEvent } from "@clawd/egress";
import type { SandboxNeed, WayOut } from "@clawd/sandbox";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Config } from "../config.ts";
import type { EgressRecord } from "./egress-record.ts";
import { egressOf } from "./sandbox-settings.ts";

interface WayOutOptions {
  readonly config: () => Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stateDirectory: string;
  readonly record: Pick<EgressRecord, "refused">;
}

/** Where the channel's directory stands in a container. */
const channel = "/run/clawd";

/** Says how a container gets out; null where the config opens nothing. */
export async function wayOuts(options: WayOutOptions): Promise<(need: SandboxNeed) => WayOut | null> {
  const { config, clock, stateDirectory } = options;
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
      async open(directory, whose) {
        if (hasSecrets)
          authority ??= egress.openCertificateAuthority({ directory: join(stateDirectory, "state"), clock });
        const proxy = egress.createEgressProxy({
          allow,
          secrets,
          resolver,
          clock,
          ...(authority && { authority }),
          onEvent: (event) => told(options, { ...need, scopeKey: whose() }, event),
        });
        await proxy.listenForContainer(directory, { isOpenWithin: true });
        return { close: () => proxy.stop() };
      },
    };
  };
}

function told({ logger, record }: WayOutOptions, need: SandboxNeed, event: ProxyEvent): void {
  const { scopeKey: scope, agent } = need;
  const { kind, host, port } = event;
  if (kind !== "connection-refused") return logger.debug(kind, { scope, host, port });
  const via = need.purpose === "browser" ? "browser" : "sandbox";
  record.refused(
    { agent: scope === "shared" ? null : agent, scope, via },
    { host, port, reason: event.reason },
  );
}

/** For a browser on this machine: the public web, whatever a page asks for. */
export async function loopbackWayOut({ clock, record }: Pick<WayOutOptions, "clock" | "record">) {
  const { createEgressProxy, createResolver } = await import("@clawd/egress");
  const proxy = createEgressProxy({
    allow: "public",
    resolver: createResolver({ clock }),
    clock,
    onEvent(event) {
      const { kind, host, port } = event;
      if (kind === "connection-refused")
        record.refused({ agent: null, scope: null, via: "browser" }, { host, port, reason: event.reason });
    },
  });
  return { port: await proxy.listenOnLoopback(), close: () => proxy.stop() };
}

/** For `web_fetch` and `image`: the public web, whoever asks. */
export async function webFetchers({ clock, record }: Pick<WayOutOptions, "clock" | "record">): Promise<{
  readonly fetchPage: FetchPage;
  readonly fetchFile: FetchFile;
}> {
  const { createDialer, createFileFetcher, createGuardedFetch, createPageFetcher, createResolver } =
    await import("@clawd/egress");
  const dialer = createDialer({ resolver: createResolver({ clock }), clock });
  const guarded = createGuardedFetch({
    dialer,
    clock,
    // Whose call it was, the record of the call right before says.
    onEvent: ({ host, port, reason }) =>
      record.refused({ agent: null, scope: null, via: "web_fetch" }, { host, port, reason }),
  });
  return { fetchPage: createPageFetcher(guarded), fetchFile: createFileFetcher(guarded) };
}
