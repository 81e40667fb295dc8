/**
 * The floor under every container: what no engine may be asked for, whoever wrote the specification. `specificationOf` makes
 * none of it; this is the second lock, at the last moment, and it reads nothing but the specification.
 */
import { isIP } from "node:net";
import { posix } from "node:path";
import type { ContainerSpecification } from "./engine.ts";

/** What is wrong, one sentence a field; empty when the container may be made. Values are not repeated: they may be secrets. */
export function refusals(specification: ContainerSpecification): readonly string[] {
  return [
    ...identity(specification),
    ...process(specification),
    ...files(specification),
    ...walls(specification),
  ];
}

const nul = "\0";
const hasNul = (text: string): boolean => text.includes(nul);
const word = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/;

export const isEngineWord = (text: string): boolean => word.test(text);
const isImageId = (text: string): boolean => /^sha256:[0-9a-f]{64}$/.test(text);

function* identity({ name, image, labels }: ContainerSpecification): Iterable<string> {
  if (!isEngineWord(name)) yield "name: letters, digits and _ . - only";
  if (!isImageId(image)) yield "image: the digest of an image, not a tag";
  for (const [key, value] of Object.entries(labels))
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(key) || hasNul(value)) yield "labels: plain names";
}

function* process(specification: ContainerSpecification): Iterable<string> {
  const { command, user, workdir, environment } = specification;
  if (command.length === 0 || command.some(hasNul) || !isPlainPath(command[0] ?? ""))
    yield "command: a program by its full path";
  const ids = /^([1-9]\d{0,9}):([1-9]\d{0,9})$/.exec(user);
  if (ids === null || Number(ids[1]) > 0xffff_fffd || Number(ids[2]) > 0xffff_fffd)
    yield "user: uid:gid as numbers, neither 0";
  if (!isPlainPath(workdir)) yield "workdir: an absolute path without . and ..";
  for (const [key, value] of Object.entries(environment))
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key) || /[\0\r\n]/.test(value))
      yield "environment: portable names, values of one line";
}

/** The kernel's and the engine's own trees in a container. */
const kept = ["/proc", "/sys", "/dev"];
const tmpfsOption =
  /^(?:rw|ro|noexec|exec|nosuid|nodev|size=\d{1,15}[kmg]?|mode=[0-7]{3,4}|uid=\d{1,10}|gid=\d{1,10}|nr_inodes=\d{1,12}[kmg]?)$/;

function* files({ mounts, tmpfs }: ContainerSpecification): Iterable<string> {
  const targets = [...mounts.map(({ target }) => target), ...Object.keys(tmpfs)];
  if (new Set(targets).size !== targets.length) yield "mounts: two at one place";
  for (const target of targets)
    if (!isPlainPath(target) || target === "/" || kept.some((tree) => isWithin(target, tree)))
      yield "mounts: a target is an absolute path outside /proc, /sys and /dev";
  for (const { source } of mounts)
    if (!isPlainPath(source) || source === "/" || kept.some((tree) => isWithin(source, tree)))
      yield "mounts: a source is an absolute path outside /proc, /sys and /dev";
  for (const options of Object.values(tmpfs)) {
    const list = options.split(",");
    const isBounded = list.includes("nosuid") && list.includes("nodev") && /(?:^|,)size=[1-9]/.test(options);
    if (!isBounded || !list.every((option) => tmpfsOption.test(option)))
      yield "tmpfs: known options, among them nosuid, nodev and a size";
  }
}

function* walls(specification: ContainerSpecification): Iterable<string> {
  const { network, capDrop, seccomp, apparmor, runtime, dns, extraHosts } = specification;
  if (!isEngineWord(network) || network === "host" || network === "default")
    yield "network: none, or a network of the engine by its name";
  if (!capDrop.includes("ALL") || !capDrop.every((name) => /^[A-Z_]{2,32}$/.test(name))) yield "capDrop: ALL";
  if (!isDenyingProfile(seccomp)) yield "seccomp: a profile that denies what it does not list";
  if (apparmor !== null && (!isEngineWord(apparmor) || apparmor === "unconfined"))
    yield "apparmor: a profile's name";
  if (runtime !== undefined && !isEngineWord(runtime)) yield "runtime: a runtime's name";
  if (!dns.every((address) => isIP(address) !== 0)) yield "dns: addresses";
  if (!extraHosts.every(isHostEntry)) yield "extraHosts: name:address, none of them link-local";
  yield* bounds(specification.limits);
}

const ulimitNames = new Set(
  "core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack".split(
    " ",
  ),
);

function* bounds({ processes, memory, cpus, ulimits }: ContainerSpecification["limits"]): Iterable<string> {
  if (!Number.isSafeInteger(processes) || processes < 1) yield "limits.processes: a number above 0";
  // Docker's own least.
  if (!Number.isSafeInteger(memory) || memory < 6 * 1024 * 1024) yield "limits.memory: at least 6 MiB";
  if (!(cpus >= 0.01 && cpus <= 4096)) yield "limits.cpus: from 0.01";
  for (const [name, { soft, hard }] of Object.entries(ulimits))
    if (
      !ulimitNames.has(name) ||
      !Number.isSafeInteger(soft) ||
      !Number.isSafeInteger(hard) ||
      soft < 0 ||
      soft > hard
    )
      yield "limits.ulimits: known names, soft at most hard";
}

function isDenyingProfile(text: string): boolean {
  try {
    const profile: unknown = JSON.parse(text);
    const action = (profile as { defaultAction?: unknown } | null)?.defaultAction;
    return typeof action === "string" && /^SCMP_ACT_(?:ERRNO|KILL|KILL_THREAD|KILL_PROCESS)$/.test(action);
  } catch {
    return false;
  }
}

function isHostEntry(entry: string): boolean {
  const colon = entry.indexOf(":");
  const address = entry.slice(colon + 1).toLowerCase();
  if (colon < 1 || !/^[a-zA-Z0-9][a-zA-Z0-9.-]*$/.test(entry.slice(0, colon)) || isIP(address) === 0)
    return false;
  return (
    !address.startsWith("169.254.") && !/^(?:fe[89ab]|fd00:ec2:|::ffff:169\.254\.|::ffff:a9fe)/.test(address)
  );
}

const isPlainPath = (path: string): boolean =>
  path.startsWith("/") &&
  !hasNul(path) &&
  posix.normalize(path) === path &&
  (path === "/" || !path.endsWith("/"));

export const isWithin = (path: string, tree: string): boolean =>
  path === tree || path.startsWith(tree === "/" ? "/" : `${tree}/`);
