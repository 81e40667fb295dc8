/** From what a call needs to the container that it gets: image, user, mounts, channel, specification. Planning makes nothing but the workspace. */
import { readFileSync } from "node:fs";
import type { Duplex } from "node:stream";
import { systemClock, type Clock } from "@clawd/kernel";
import { type BindRules, judgeBind, realSource } from "./binds.ts";
import { type Channel, controlSocket, openChannel } from "./channel.ts";
import type { ContainerStream, Engine, ImageInfo, Mount } from "./engine.ts";
import { openSandbox, type Sandbox } from "./open-sandbox.ts";
import type { PlaceEnvironment } from "./place.ts";
import { sandboxFault } from "./sandbox-fault.ts";
import type { SandboxNeed, SandboxPlan } from "./sandboxes.ts";
import { containerNameOf, installationOf, workspaceOf } from "./scope.ts";
import { seccompFault, seccompProfile } from "./seccomp.ts";
import type { DockerSettings } from "./settings.ts";
import { channelPath, labels, specificationOf, supervisorPath, type Surroundings } from "./specification.ts";
import { connectSupervisor, type Supervisor } from "./supervisor/supervisor.ts";
import { checkDirectory, ownerOf, prepareWorkspace } from "./workspace.ts";

/** What a container may use to reach the network: made for it alone, gone with it. */
export interface WayOut {
  /** Laid over what every command begins with: the proxy's variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Another one when anything else is open: then the container is another one too. */
  readonly digest: string;
  /** Name of the proxy's socket in the channel's directory. */
  readonly socket: string;
  /** Serves in that directory from now on. */
  open(directory: string): Promise<{ close(): Promise<void> }>;
}

export interface PlannerPorts {
  readonly engine: Engine;
  /** The image under this reference, with the supervisor in it. @throws what says how to get one */
  readonly image: (reference: string) => Promise<ImageInfo>;
  readonly stateDirectory: string;
  /** As they are now. */
  readonly binds: () => Omit<BindRules, "mayBeExternal">;
  /** Null: no way out at all. */
  readonly wayOut: (need: SandboxNeed) => WayOut | null;
  readonly clock?: Clock;
}

/** Milliseconds from the start to the supervisor's connection. */
const connectTimeout = 20_000;
/** Where the supervisor listens for programs that speak to a proxy. */
const proxyAddress = "127.0.0.1:3128";
/** Directories that programs are looked for in, where the image does not say. */
const usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** What a call may set for its command besides; everything that changes which code runs is left out. */
const settable = [
  "CI",
  "COLUMNS",
  "DEBUG",
  "FORCE_COLOR",
  "LANG",
  "LC_ALL",
  "LINES",
  "NODE_ENV",
  "NO_COLOR",
  "TERM",
  "TZ",
];

export function createPlanner(ports: PlannerPorts): (need: SandboxNeed) => Promise<SandboxPlan> {
  const { clock = systemClock } = ports;

  return async (need) => {
    const image = await ports.image(need.settings.docker.image);
    const way = ports.wayOut(need);
    const around = surroundings(need, image, way, ports);
    // Made by now. The engine takes real paths alone, and a home may be reached through a link.
    const target = {
      ...need,
      workspace: realSource(workspaceOf(need.settings.workspaceRoot, need.scopeKey)),
      agentWorkspace: realSource(need.agentWorkspace),
    };
    const make = (channel: string | null) =>
      specificationOf(need.settings, target, { ...around, channel }, clock.now());
    const planned = make(null);

    async function open(): Promise<Sandbox> {
      const channel = await openChannel();
      let proxy: { close(): Promise<void> } | undefined;
      const close = async () => {
        channel.close();
        await proxy?.close();
      };
      try {
        proxy = await way?.open(channel.directory);
        const environment = { base: environmentOf(need.settings.docker, image, way), settable };
        const sandbox = await openSandbox(make(channel.directory), need.settings, {
          engine: ports.engine,
          clock,
          environment,
          connect: (start) => connected(start, channel, planned.mounts, need.settings.docker, environment),
        });
        sandbox.lost.then(close, close);
        return {
          ...sandbox,
          async close() {
            await sandbox.close();
            await close();
          },
        };
      } catch (fault) {
        await close();
        throw fault;
      }
    }

    return { configuration: planned.labels[labels.configHash] ?? "", open };
  };
}

function surroundings(
  need: SandboxNeed,
  image: ImageInfo,
  way: WayOut | null,
  { stateDirectory, binds }: PlannerPorts,
): Surroundings {
  const { settings, scopeKey, access, agentWorkspace } = need;
  if (access === "ro") checkDirectory(agentWorkspace);
  const { docker } = settings;
  return {
    image: image.id,
    name: containerNameOf(docker.containerPrefix, scopeKey, stateDirectory),
    installation: installationOf(stateDirectory),
    owner:
      access === "rw"
        ? ownerOf(agentWorkspace)
        : prepareWorkspace(workspaceOf(settings.workspaceRoot, scopeKey), userIn(docker.user)),
    binds: docker.binds.map((bind) =>
      mountOf(bind, { ...binds(), mayBeExternal: docker.dangerouslyAllowExternalBindSources }),
    ),
    seccomp: seccompOf(docker.seccompProfile),
    command: [
      supervisorPath,
      "--connect",
      `${channelPath}/${controlSocket}`,
      ...(way === null ? [] : ["--forward", proxyAddress, "--egress-socket", `${channelPath}/${way.socket}`]),
    ],
    channel: null,
    wayOut: way?.digest ?? null,
    environment: {},
  };
}

/** The supervisor's stream, whichever comes first: its connection, or the end of the container. */
async function connected(
  start: () => Promise<ContainerStream>,
  channel: Channel,
  mounts: readonly Mount[],
  docker: DockerSettings,
  environment: PlaceEnvironment,
): Promise<Supervisor> {
  const attached = await start();
  // What it writes there is of no use, and must not fill up.
  attached.resume();
  const ended = new Promise<never>((_, reject) => {
    attached.once("close", () => {
      const said = attached.errorOutput.trim();
      reject(
        sandboxFault("CLAWD_SANDBOX_UNPROVEN", `The container ended before it was ready. ${said}`.trim()),
      );
    });
  });
  ended.catch(() => undefined);
  const stream: Duplex = await Promise.race([channel.accept(connectTimeout), ended]);
  const roots = [
    ...mounts
      .filter(({ target }) => !target.startsWith("/etc/"))
      .map(({ target, isReadOnly }) => ({ path: target, isReadOnly })),
    ...docker.tmpfs
      .map((entry) => ({ path: entry.split(":")[0]!, isReadOnly: false }))
      .filter(({ path }) => path !== "/run"),
  ];
  return connectSupervisor(stream, { home: docker.workdir, roots, environment });
}

function mountOf(bind: string, rules: BindRules): Mount {
  // Judged when the config was loaded, and now: links may have changed since.
  const verdict = judgeBind(bind, rules);
  if (verdict.ok) return verdict.mount;
  throw sandboxFault("CLAWD_SANDBOX_BIND", `The bind ${JSON.stringify(bind)} ${verdict.reason}.`);
}

function seccompOf(path: string | undefined): string {
  if (path === undefined) return seccompProfile();
  try {
    const text = readFileSync(path, "utf8");
    const fault = seccompFault(JSON.parse(text));
    if (fault === null) return text;
    throw sandboxFault("CLAWD_SANDBOX_SECCOMP", `The profile ${path} ${fault}.`);
  } catch (cause) {
    if (cause instanceof SyntaxError || (cause as NodeJS.ErrnoException).syscall !== undefined)
      throw sandboxFault("CLAWD_SANDBOX_SECCOMP", `The profile ${path} cannot be read.`, cause);
    throw cause;
  }
}

function environmentOf({ workdir, env }: DockerSettings, image: ImageInfo, way: WayOut | null) {
  const path = image.environment["PATH"] ?? usualPath;
  return {
    PATH: path,
    HOME: workdir,
    USER: "sandbox",
    LANG: "C.UTF-8",
    TERM: "dumb",
    ...way?.environment,
    ...env,
  };
}

/** The uid and gid that the config names for commands. */
function userIn(user: string | undefined) {
  if (user === undefined) return undefined;
  const [uid, gid = uid] = user.split(":").map(Number);
  return { uid: uid!, gid: gid! };
}
