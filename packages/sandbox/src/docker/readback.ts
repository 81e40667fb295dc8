/** What the engine made of a request, held against what was asked: engines drop what they cannot do and only warn. */
import { isDeepStrictEqual } from "node:util";
import type { creation } from "./container.ts";

type Body = ReturnType<typeof creation>;

/** The parts of the engine's answer that are used; any may be missing. */
export interface Made {
  readonly Config?: { readonly User?: unknown; readonly Entrypoint?: unknown; readonly Cmd?: unknown };
  readonly HostConfig?: Readonly<Record<string, unknown>>;
  readonly Mounts?: readonly {
    readonly Type?: unknown;
    readonly Destination?: unknown;
    readonly RW?: unknown;
  }[];
}

const exact = [
  "Privileged",
  "CapAdd",
  "SecurityOpt",
  "ReadonlyRootfs",
  "NetworkMode",
  "IpcMode",
  "PidMode",
  "UTSMode",
  "UsernsMode",
  "Binds",
  "VolumesFrom",
  "Devices",
  "DeviceRequests",
  "GroupAdd",
  "AutoRemove",
  "Memory",
  "PidsLimit",
  "NanoCpus",
  "Tmpfs",
] as const;

/** The fields that differ, by the engine's names; empty when the container is what was asked for. */
export function differences(asked: Body, made: Made): readonly string[] {
  const config = made.HostConfig ?? {};
  const wrong: string[] = exact.filter((field) => !isSame(asked.HostConfig[field], config[field]));
  const dropped = config["CapDrop"];
  if (!Array.isArray(dropped) || !dropped.includes("ALL")) wrong.push("CapDrop");
  if (config["MemorySwap"] !== asked.HostConfig.MemorySwap && !isUnlimitedSwap(config["MemorySwap"]))
    wrong.push("MemorySwap");
  if ((config["LogConfig"] as { Type?: unknown } | undefined)?.Type !== "none") wrong.push("LogConfig");
  if (asked.HostConfig.Runtime !== undefined && config["Runtime"] !== asked.HostConfig.Runtime)
    wrong.push("Runtime");
  if (made.Config?.User !== asked.User) wrong.push("User");
  if (!isSame(asked.Entrypoint, made.Config?.Entrypoint) || !isSame([], made.Config?.Cmd))
    wrong.push("Entrypoint");
  const writable = new Map(asked.HostConfig.Mounts.map(({ Target, ReadOnly }) => [Target, !ReadOnly]));
  for (const { Type, Destination, RW } of made.Mounts ?? []) {
    if (Type === "tmpfs") continue;
    // A volume that the image declares would be a writable place without a limit.
    if (Type !== "bind") wrong.push(`a volume of the image at ${String(Destination)}`);
    else if (writable.get(String(Destination)) !== RW) wrong.push("Mounts");
  }
  return wrong;
}

/** Where the engine cannot limit swap it says -1; `EngineInfo.limits.swap` tells of that beforehand. */
const isUnlimitedSwap = (value: unknown): boolean => value === -1;

const isSame = (asked: unknown, made: unknown): boolean =>
  isNothing(asked) ? isNothing(made) : isDeepStrictEqual(asked, made);

const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === "" ||
  value === false ||
  (typeof value === "object" && Object.keys(value).length === 0);
