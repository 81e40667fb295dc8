/** The container that tests of an engine begin with: confined as a sandbox is, with nothing mounted and little of everything. */
import type { ContainerSpecification } from "../engine.ts";
import { seccompProfile } from "../seccomp.ts";

type Named = Pick<ContainerSpecification, "name" | "image" | "labels" | "command">;

export const plainContainer = (named: Named): ContainerSpecification => ({
  ...named,
  user: "10001:10001",
  workdir: "/",
  environment: {},
  mounts: [],
  tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=1m,mode=1777" },
  isRootReadOnly: true,
  network: "none",
  capDrop: ["ALL"],
  seccomp: seccompProfile(),
  apparmor: null,
  limits: {
    processes: 32,
    memory: 64 * 1024 * 1024,
    cpus: 0.5,
    ulimits: { nofile: { soft: 64, hard: 128 }, core: { soft: 0, hard: 0 } },
  },
  dns: [],
  extraHosts: [],
});
