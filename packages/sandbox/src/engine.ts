/** What makes containers: Docker today; podman, Kubernetes and others behind the same port. Knows nothing of agents or tools. */
import type { Duplex } from "node:stream";

/**
 * A container engine. Each call ends by itself, also when the engine never answers, and at once when its signal is aborted
 * (CLAWD_ENGINE_ABORTED).
 * @throws CLAWD_ENGINE_UNAVAILABLE when it does not answer, CLAWD_ENGINE_REFUSED when it refuses, CLAWD_ENGINE_MISSING when the
 * container or image is not there.
 */
export interface Engine {
  describe(signal?: AbortSignal): Promise<EngineInfo>;
  /** Null when the engine has no such image. */
  image(reference: string, signal?: AbortSignal): Promise<ImageInfo | null>;
  /** Builds `dockerfile` with the files beside it. Tells of each step as it begins. @throws CLAWD_IMAGE_BUILD with the line of the step that failed. */
  build(build: ImageBuild, onProgress: (line: string) => void, signal?: AbortSignal): Promise<ImageInfo>;
  /**
   * Removes images that have this label and no name, all but the newest `keep`; what a container or another image is made of
   * stays. Says how many went.
   */
  removeUnnamed(label: string, keep: number, signal?: AbortSignal): Promise<number>;
  /**
   * Made, not started; what the engine made is held against what was asked. Returns the id.
   * @throws CLAWD_ENGINE_CONFLICT when the name is taken.
   */
  create(specification: ContainerSpecification, signal?: AbortSignal): Promise<string>;
  /** Attaches to the first process before it starts, then starts it: the stream of that process, of which nothing is lost. */
  start(container: string, signal?: AbortSignal): Promise<ContainerStream>;
  /** Starts it and listens to nothing: for an engine whose `start` does not carry a stream, before `run`. */
  launch(container: string, signal?: AbortSignal): Promise<void>;
  /**
   * Starts a program beside the first process, as the container's user and as confined as everything in it. Its standard input
   * and output; destroying the stream closes its input.
   */
  run(container: string, command: readonly string[], signal?: AbortSignal): Promise<ContainerStream>;
  inspect(container: string, signal?: AbortSignal): Promise<ContainerInfo | null>;
  /** Those that carry all these labels, running or not. */
  list(labels: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<readonly ContainerInfo[]>;
  /** Kills and removes; no fault when it is gone already. */
  remove(container: string, signal?: AbortSignal): Promise<void>;
}

/** Standard input and output of a process in a container. Ends with it; destroying it closes the process's input. */
export interface ContainerStream extends Duplex {
  /** The last 4 KiB of what it wrote to standard error, for the message of a fault. */
  readonly errorOutput: string;
}

export interface EngineInfo {
  /** `docker`, … */
  readonly name: string;
  readonly version: string;
  /** Names of runtimes, such as `runc` and `runsc`. */
  readonly runtimes: readonly string[];
  /** What the engine can really limit; one that it cannot makes a sandbox refuse. */
  readonly limits: {
    readonly memory: boolean;
    /** Where it cannot, a container may fill the machine's swap beyond its memory. */
    readonly swap: boolean;
    readonly processes: boolean;
    readonly cpu: boolean;
  };
  readonly hasSeccomp: boolean;
  readonly hasApparmor: boolean;
  readonly isRootless: boolean;
  readonly hasUserNamespaces: boolean;
  readonly cgroups: { readonly version: 1 | 2; readonly driver: string };
}

export interface ImageInfo {
  /** `sha256:…` */
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
}

export interface ImageBuild {
  readonly tag: string;
  readonly dockerfile: string;
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly network: "none" | "host" | "default";
  /** Build arguments. */
  readonly arguments: Readonly<Record<string, string>>;
  /** Absent: a step that was built before is not run again, so packages stay as old as they were. */
  readonly isFresh?: boolean;
}

export interface ContainerInfo {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly isRunning: boolean;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** Everything about a container, decided; made by `specificationOf` alone, with nothing passed through unseen. */
export interface ContainerSpecification {
  readonly name: string;
  /** `sha256:…` of the image, never a tag. */
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  /** `uid:gid`, never 0. */
  readonly user: string;
  readonly workdir: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly tmpfs: Readonly<Record<string, string>>;
  readonly isRootReadOnly: boolean;
  readonly network: string;
  readonly capDrop: readonly string[];
  /** The profile itself, as JSON text. */
  readonly seccomp: string;
  readonly apparmor: string | null;
  /** Absent: the engine's default runtime. */
  readonly runtime?: string;
  readonly limits: ContainerLimits;
  readonly dns: readonly string[];
  readonly extraHosts: readonly string[];
}

export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly isReadOnly: boolean;
}

export interface ContainerLimits {
  readonly processes: number;
  /** Bytes; swap is the same, so there is none. */
  readonly memory: number;
  readonly cpus: number;
  readonly ulimits: Readonly<Record<string, { readonly soft: number; readonly hard: number }>>;
}
