/** Mistakes in what an owner wrote about sandboxes, each with its key and a remedy; found when the config is loaded. */
import { formatPath, type Issue, type PathSegment } from "@clawd/kernel";
import { isAbsolute, normalize } from "node:path";
import { isIP } from "node:net";
import { type BindRules, judgeBind } from "./binds.ts";
import type { SandboxConfig } from "./schema.ts";
import { bytesOf, ulimitOf } from "./settings.ts";
import { tcpTarget } from "./tcp-target.ts";

type DockerConfig = NonNullable<SandboxConfig["docker"]>;
type Check<Value> = (value: Value) => Complaint | readonly Complaint[] | null;
type Complaint =
  | readonly [message: string, hint: string]
  | readonly [message: string, hint: string, key: PathSegment];

/**
 * @param path where `config` stands in the document, such as `["agents", "defaults", "sandbox"]`.
 * @param binds what a bind is judged by.
 */
export function sandboxIssues(
  config: SandboxConfig,
  path: readonly PathSegment[],
  binds: BindRules,
): readonly Issue[] {
  const docker: DockerConfig = config.docker ?? {};
  const issues: Issue[] = [];
  const add = (at: readonly PathSegment[], [message, hint, key]: Complaint) => {
    const full = [...path, ...at, ...(key === undefined ? [] : [key])];
    issues.push({ code: "unsafe-sandbox", path: formatPath(full), message, hint });
  };
  for (const [key, check] of Object.entries(checks) as [keyof DockerConfig, Check<unknown>][]) {
    const value = docker[key];
    if (value !== undefined)
      for (const complaint of complaints(check(value))) add(["docker", key], complaint);
  }
  const memory = docker.memory ?? "1g";
  if (docker.memorySwap !== undefined && bytesOf(docker.memorySwap) !== bytesOf(memory))
    add(
      ["docker", "memorySwap"],
      ["A sandbox has no swap: memory and memorySwap are the same", "Remove memorySwap."],
    );
  const mayBeExternal = docker.dangerouslyAllowExternalBindSources ?? binds.mayBeExternal;
  for (const [index, bind] of (docker.binds ?? []).entries()) {
    const verdict = judgeBind(bind, { ...binds, mayBeExternal });
    if (!verdict.ok) add(["docker", "binds", index], [`The bind ${verdict.reason}`, verdict.hint]);
  }
  for (const [key, check] of Object.entries(browserChecks)) {
    const value = config.browser?.[key as keyof typeof browserChecks];
    if (value !== undefined)
      for (const complaint of complaints(check(value))) add(["browser", key], complaint);
  }
  if (config.workspaceMax !== undefined && !(bytesOf(config.workspaceMax) > 0))
    add(["workspaceMax"], sizeComplaint);
  return issues;
}

const sizeComplaint: Complaint = ["This is no size", 'Write bytes, or a number with k, m or g: "512m".'];
const reference = /^[a-z0-9][a-z0-9._\-/:]{0,200}(?:@sha256:[0-9a-f]{64})?$/i;
const namesOfUlimits = [
  "core",
  "cpu",
  "data",
  "fsize",
  "locks",
  "memlock",
  "msgqueue",
  "nofile",
  "nproc",
  "sigpending",
  "stack",
];
const tmpfsOption = /^(?:rw|noexec|exec|nosuid|nodev|size=\d+[kmg]?|mode=[01]?[0-7]{3}|uid=\d+|gid=\d+)$/;
const systemPaths = [
  "/",
  "/proc",
  "/sys",
  "/dev",
  "/etc",
  "/usr",
  "/bin",
  "/sbin",
  "/lib",
  "/run/clawd",
  "/agent",
  "/boot",
  "/root",
];

const browserChecks = {
  image: (image: string) =>
    reference.test(image)
      ? null
      : (["This is no image reference", "Write name:tag or name@sha256:…"] as const),
  containerPrefix: (prefix: string) =>
    /^[a-z0-9][a-z0-9_.-]{0,23}$/.test(prefix)
      ? null
      : ([
          "A prefix has lower-case letters, digits, - and _, at most 24",
          "Write another one, or remove the key.",
        ] as const),
};

const checks: { readonly [Key in keyof DockerConfig]?: Check<NonNullable<DockerConfig[Key]>> } = {
  socket: (path) =>
    /^(?:unix:\/\/)?\/[^\0]+$/.test(path) || tcpTarget(path) !== null
      ? null
      : [
          "This is neither a socket of this machine nor a host with certificates",
          'Write its path, such as "/var/run/docker.sock", or "tcp://host:2376" with certPath.',
        ],
  certPath: (path) =>
    isAbsolute(path) || path.startsWith("~/")
      ? null
      : ["Certificates are in a directory", "Write the directory's full path."],
  ...browserChecks,
  workdir: (path) =>
    isPlain(path) && !systemPaths.includes(path)
      ? null
      : ["The workspace cannot be mounted there", 'Write "/workspace".'],
  tmpfs: (entries) => entries.flatMap((entry, index) => complaints(tmpfsComplaint(entry, index))),
  network(name) {
    if (name === "host")
      return [
        "The host's network is open to everything on this machine",
        'Write "none", and list hosts in agents.defaults.sandbox.egress.allow.',
      ];
    if (name.startsWith("container:"))
      return [
        "Another container's network is not the sandbox's own",
        'Write "none", and list hosts in agents.defaults.sandbox.egress.allow.',
      ];
    return /^[a-zA-Z0-9][\w.-]{0,62}$/.test(name) ? null : ["This is no network's name", 'Write "none".'];
  },
  user: (user) =>
    /^[1-9]\d{0,8}(?::[1-9]\d{0,8})?$/.test(user)
      ? null
      : [
          "Commands run as a numeric user that is not root",
          'Write "10001:10001", or remove the key: then it is the workspace\'s owner.',
        ],
  capDrop: (names) =>
    names.some((name) => name.toUpperCase() === "ALL")
      ? null
      : ["A sandbox has no capabilities", 'Write ["ALL"], or remove the key.'],
  env: (entries) =>
    Object.entries(entries).flatMap(([name, value]) =>
      isVariable(name, value)
        ? []
        : [
            [
              "A variable has a plain name and one line",
              "Use letters, digits and _, and no line breaks.",
              name,
            ] as const,
          ],
    ),
  setupCommand: (command) => (command.includes("\0") ? ["A command has no NUL", "Remove it."] : null),
  pidsLimit: (limit) =>
    limit <= 32_768 ? null : ["This many processes are no limit", "Write at most 32768."],
  memory: (size) => (bytesOf(size) >= 6 * 1024 * 1024 ? null : sizeComplaint),
  // A share that rounds to nothing is, to the engine, no limit.
  cpus: (share) =>
    share >= 0.01 ? null : ["This is too little of a processor to be a limit", "Write at least 0.01."],
  ulimits: (limits) =>
    Object.entries(limits).flatMap(([name, limit]): readonly Complaint[] => {
      const { soft, hard } = ulimitOf(limit);
      if (!namesOfUlimits.includes(name))
        return [["There is no such limit", `Use one of ${namesOfUlimits.join(", ")}.`, name]];
      if (!(soft <= hard))
        return [["A limit is a number, or soft:hard with soft not above hard", 'Write "1024:4096".', name]];
      return name === "core" && hard > 0
        ? [["A core file holds whatever the command had in memory", "Remove it: it is 0.", name]]
        : [];
    }),
  seccompProfile: (path) =>
    isAbsolute(path)
      ? null
      : [
          "A profile is a file, and always on",
          "Write the profile's full path, or remove the key: then ours is used.",
        ],
  apparmorProfile: (name) =>
    /^[\w.-]{1,100}$/.test(name) && name !== "unconfined"
      ? null
      : ["A sandbox is not without AppArmor where the engine has it", "Name a profile, or remove the key."],
  dns: (servers) =>
    servers.flatMap((server, index) =>
      isIP(server) > 0 ? [] : [["A name server is an address", "Write it as 9.9.9.9.", index] as const],
    ),
  extraHosts: (entries) =>
    entries.flatMap((entry, index): readonly Complaint[] => {
      const [name = "", address = ""] = splitOnce(entry);
      if (!/^[a-z0-9][a-z0-9.-]{0,252}$/i.test(name) || isIP(address) === 0)
        return [["This is not host:address", 'Write "name:203.0.113.4".', index]];
      return isMetadata(address)
        ? [["This address hands out the machine's credentials", "Remove the entry.", index]]
        : [];
    }),
};

function tmpfsComplaint(entry: string, index: number): Complaint | null {
  const [path = "", options = "", ...rest] = entry.split(":");
  if (rest.length > 0 || !isPlain(path) || systemPaths.includes(path) || path === "/workspace")
    return ["A tmpfs cannot be mounted there", 'Write a path such as "/tmp", or "/tmp:size=64m".', index];
  const unknown = options.split(",").find((option) => option !== "" && !tmpfsOption.test(option));
  return unknown === undefined
    ? null
    : [`The option ${JSON.stringify(unknown)} is not known`, "Use size=, mode=, noexec.", index];
}

function complaints(found: ReturnType<Check<unknown>>): readonly Complaint[] {
  if (found === null) return [];
  return typeof found[0] === "string" ? [found as Complaint] : (found as readonly Complaint[]);
}

const isPlain = (path: string): boolean =>
  isAbsolute(path) && normalize(path) === path && !path.includes("\0");
const isVariable = (name: string, value: string): boolean =>
  /^[A-Za-z_]\w{0,127}$/.test(name) && !/[\0\r\n]/.test(value);
const isMetadata = (address: string): boolean =>
  /^(?:169\.254\.|fd00:ec2:|100\.100\.100\.200$)/i.test(address);

function splitOnce(text: string): readonly string[] {
  const at = text.indexOf(":");
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
