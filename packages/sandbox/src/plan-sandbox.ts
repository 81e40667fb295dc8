/** From what a call needs to the container that it gets: image, user, mounts, channel, specification. Planning makes nothing but the workspace. */
import { readFileSync } from "node:fs";
import { messageOf, systemClock, type Clock } from "@clawd/kernel";
import { type BindRules, judgeBind, realSource } from "./binds.ts";
import { controlSocket, openChannel } from "./channel.ts";
import type { ContainerSpecification, Engine, ImageInfo, Mount } from "./engine.ts";
import { openSandbox, type Sandbox } from "./open-sandbox.ts";
import { isSilence, layDown, reachSupervisor } from "./reach-supervisor.ts";
import { sandboxFault } from "./sandbox-fault.ts";
import type { SandboxNeed, SandboxPlan } from "./sandbox-plan.ts";
import { containerNameOf, installationOf, workspaceOf } from "./scope.ts";
import { seccompFault, seccompProfile } from "./seccomp.ts";
import { type DockerSettings, fallbackUid } from "./settings.ts";
import {
  channelPath,
  labels,
  specificationOf,
  supervisorPath,
  type SandboxTarget,
  type Surroundings,
} from "./specification.ts";
import { type EngineReach, reasonFor, type Transport, transportsFor } from "./transport.ts";
import { checkDirectory, ownerOf, prepareWorkspace } from "./workspace.ts";

/** What a container may use to reach the network: made for it alone, gone with it. */
export interface WayOut {
  /** Laid over what every command begins with: the proxy's variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Another one when anything else is open: then the container is another one too. */
  readonly digest: string;
  /** Name of the proxy's socket in the channel's directory. */
  readonly socket: string;
  /**
   * Serves in that directory from now on.
   * @param whose the scope key of whoever has the container at that moment: one that was made beforehand gets another one.
   */
  open(directory: string, whose: () => string): Promise<{ close(): Promise<void> }>;
}

export interface PlannerPorts {
  readonly engine: Engine;
  /** The image under this reference, with the supervisor in it. @throws what says how to get one */
  readonly image: (reference: string) => Promise<ImageInfo>;
  readonly stateDirectory: string;
  /** As they are now. */
  readonly binds: () => Omit<BindRules, "mayBeExternal">;
  /** Absent: this machine's, by whichever way answers. */
  readonly reach?: EngineReach;
  /** Null: no way out at all. */
  readonly wayOut: (need: SandboxNeed) => WayOut | null;
  readonly clock?: Clock;
}

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
  const { clock = systemClock, reach = hereByAnyWay } = ports;
  const transports = transportsFor(reach);
  /** The one that gave the handshake last: tried before the others. */
  let proven: Chosen | undefined;

  return async (need) => {
    const first = firstOf(transports, reach, need);
    const image = await ports.image(need.settings.docker.image);
    const way = ports.wayOut(need);
    // Made by now. The engine takes real paths alone, and a home may be reached through a link.
    const surroundings = surroundingsOf(need, image, way, ports);
    const target = {
      ...need,
      workspace: reach.isRemote ? "" : realSource(workspaceOf(need.settings.workspaceRoot, need.scopeKey)),
      agentWorkspace: reach.isRemote ? "" : realSource(need.agentWorkspace),
    };
    const made = (transport: Chosen, channel: string | null, configuration?: string) =>
      specificationOf(
        need.settings,
        target,
        {
          ...surroundings,
          command: commandOf(transport.way, way),
          channel,
          transport,
          ...(configuration !== undefined && { configuration }),
        },
        clock.now(),
      );
    const make = (...how: Parameters<typeof made>) =>
      need.purpose === undefined ? made(...how) : labelled(made(...how), need.purpose);
    const configuration = make(first, null).labels[labels.configHash] ?? "";

    async function openBy(transport: Chosen, onSilence: () => void): Promise<Sandbox> {
      const channel = await openChannel(transport.way === "socket");
      const owner = { scopeKey: need.scopeKey };
      let proxy: { close(): Promise<void> } | undefined;
      const close = async () => {
        channel.close();
        await proxy?.close();
      };
      try {
        proxy = await way?.open(channel.directory, () => owner.scopeKey);
        const specification = make(transport, channel.directory, configuration);
        const environment = { base: environmentOf(need.settings.docker, image, way), settable };
        const sandbox = await openSandbox(specification, need.settings, {
          engine: ports.engine,
          clock,
          environment,
          async connect(container) {
            const by = {
              engine: ports.engine,
              transport: transport.way,
              channel,
              specification,
              environment,
            };
            const supervisor = await reachSupervisor(container, {
              ...by,
              egressSocket: way?.socket ?? null,
            }).catch((fault: unknown) => {
              if (isSilence(fault)) onSilence();
              throw fault;
            });
            if (reach.isRemote) await layDown(channel, supervisor);
            return supervisor;
          },
        });
        sandbox.lost.then(close, close);
        return withChannel(sandbox, owner, close);
      } catch (fault) {
        await close();
        throw fault;
      }
    }

    async function open(): Promise<Sandbox> {
      const tried: string[] = [];
      const order =
        proven === undefined
          ? transports
          : [proven.way, ...transports.filter((each) => each !== proven?.way)];
      for (const way of order) {
        const reason =
          proven?.way === way ? proven.reason : tried.length === 0 ? first.reason : tried.join("; ");
        let isSilent = false;
        try {
          const sandbox = await openBy({ way, reason }, () => (isSilent = true));
          proven = { way, reason };
          return sandbox;
        } catch (fault) {
          if (!isSilent || way === order.at(-1)) throw fault;
          tried.push(`${way} gave no handshake: ${messageOf(fault)}`.slice(0, 200));
        }
      }
      throw noWay(reach);
    }

    const kind = kindOf(need, target, surroundings, first, way);
    const isSpare = need.access !== "rw" && !reach.isRemote && need.purpose === undefined;
    return {
      configuration,
      open,
      ...(isSpare && { spare: { kind, workspace: target.workspace } }),
    };
  };
}

/** Digest of all that two containers for different scopes have in common: whatever is the scope's own is left out. */
function kindOf(
  need: SandboxNeed,
  target: SandboxTarget,
  surroundings: Omit<Surroundings, "command" | "channel" | "transport">,
  transport: Chosen,
  way: WayOut | null,
): string {
  const nobody = { ...target, scopeKey: "", workspace: "" };
  const around = {
    ...surroundings,
    name: "",
    command: commandOf(transport.way, way),
    channel: null,
    transport,
  };
  return specificationOf(need.settings, nobody, around, 0).labels[labels.configHash] ?? "";
}

/** What was made for the container alone goes when it does. */
function withChannel(sandbox: Sandbox, owner: { scopeKey: string }, close: () => Promise<void>): Sandbox {
  return {
    ...sandbox,
    async become(as, signal) {
      const made = await sandbox.become(as, signal);
      owner.scopeKey = as.scopeKey;
      return withChannel(made, owner, close);
    },
    async close() {
      await sandbox.close();
      await close();
    },
  };
}

/** Told apart by whoever lists containers. */
function labelled(specification: ContainerSpecification, purpose: "browser"): ContainerSpecification {
  return { ...specification, labels: { ...specification.labels, [labels[purpose]]: "1" } };
}

interface Chosen {
  readonly way: Transport;
  readonly reason: string;
}

const hereByAnyWay: EngineReach = { isRemote: false, transport: "auto" };

/** @throws CLAWD_SANDBOX_REMOTE when what the sandbox needs is not where the engine is */
function firstOf(transports: readonly Transport[], reach: EngineReach, need: SandboxNeed): Chosen {
  const [way] = transports;
  if (way === undefined) throw noWay(reach);
  if (reach.isRemote && need.access !== "none")
    throw sandboxFault(
      "CLAWD_SANDBOX_REMOTE",
      `The engine is on another machine, where the agent's workspace is not: workspaceAccess cannot be ${need.access}.`,
    );
  if (reach.isRemote && need.settings.docker.binds.length > 0)
    throw sandboxFault(
      "CLAWD_SANDBOX_REMOTE",
      "The engine is on another machine, where the directories of docker.binds are not.",
    );
  return { way, reason: reasonFor(reach) };
}

const noWay = ({ transport }: EngineReach) =>
  sandboxFault(
    "CLAWD_SANDBOX_REMOTE",
    `The engine is on another machine, and its containers cannot be reached by ${transport}.`,
  );

function surroundingsOf(
  need: SandboxNeed,
  image: ImageInfo,
  way: WayOut | null,
  { stateDirectory, binds, reach = hereByAnyWay }: PlannerPorts,
): Omit<Surroundings, "command" | "channel" | "transport"> {
  const { settings, scopeKey, access, agentWorkspace } = need;
  if (access === "ro") checkDirectory(agentWorkspace);
  const { docker } = settings;
  return {
    image: image.id,
    name: containerNameOf(docker.containerPrefix, scopeKey, stateDirectory),
    installation: installationOf(stateDirectory),
    owner: reach.isRemote
      ? { uid: fallbackUid, gid: fallbackUid }
      : access === "rw"
        ? ownerOf(agentWorkspace)
        : prepareWorkspace(workspaceOf(settings.workspaceRoot, scopeKey), userIn(docker.user)),
    binds: docker.binds.map((bind) =>
      mountOf(bind, { ...binds(), mayBeExternal: docker.dangerouslyAllowExternalBindSources }),
    ),
    seccomp: seccompOf(docker.seccompProfile),
    wayOut: way?.digest ?? null,
    environment: {},
    isRemote: reach.isRemote,
  };
}

/** A socket of this machine carries the way out as well; any other way, it goes through the supervisor's stream. */
function commandOf(transport: Transport, way: WayOut | null): readonly string[] {
  const forward = way === null ? [] : ["--forward", proxyAddress];
  switch (transport) {
    case "socket":
      return [
        supervisorPath,
        "--connect",
        `${channelPath}/${controlSocket}`,
        ...forward,
        ...(way === null ? [] : ["--egress-socket", `${channelPath}/${way.socket}`]),
      ];
    case "attach":
      return [supervisorPath, ...forward];
    case "exec":
      return [supervisorPath, "--await-bridge", ...forward];
  }
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
