/** From what a call needs to the container that it gets: image, user, mounts, channel, specification. Planning makes nothing but the workspace. */
import { messageOf, systemClock, type Clock } from "@clawd/kernel";
import { type BindRules, realSource } from "./binds.ts";
import { openChannel } from "./channel.ts";
import type { ContainerSpecification, Engine, ImageInfo } from "./engine.ts";
import { type Chosen, commandOf, firstOf, hereByAnyWay, noWay } from "./first-way.ts";
import { openSandbox, type Sandbox } from "./open-sandbox.ts";
import { isSilence, layDown, reachSupervisor } from "./reach-supervisor.ts";
import { environmentOf, settable } from "./sandbox-environment.ts";
import type { SandboxNeed, SandboxPlan, WayOut } from "./sandbox-plan.ts";
import { workspaceOf } from "./scope.ts";
import { labels, specificationOf, type SandboxTarget, type Surroundings } from "./specification.ts";
import { surroundingsOf } from "./surroundings.ts";
import { type EngineReach, transportsFor } from "./transport.ts";

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
    const surroundings = surroundingsOf(need, image, way, { ...ports, reach });
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
