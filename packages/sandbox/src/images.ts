/**
 * Which image a sandbox is made from. Nothing is pulled and nothing is replaced silently: an image that is missing is a fault
 * with the command that makes it.
 */
import { createHash } from "node:crypto";
import { ClawdError } from "@clawd/kernel";
import type { Engine, ImageInfo } from "./engine.ts";
import { imageFiles, type ImageFiles } from "./image-files.ts";
import { defaultBrowserImage } from "./sandbox-browser.ts";
import { defaultImage } from "./settings.ts";

export const imageNames = {
  sandbox: defaultImage,
  browser: defaultBrowserImage,
} as const;
export type ImageName = keyof typeof imageNames;

/** On an image: digest of the supervisor's source in it. */
export const supervisorLabel = "clawdbot.supervisor";
/** On the browser's: digest of what starts the browser. */
const browserLabel = "clawdbot.browser";
const layerName = "clawdbot-sandbox-layer";

/**
 * The image to make containers from. One of ours must be there and of this version; one that an owner configured gets the
 * supervisor as a layer on top, once for each pair of digests.
 * @throws CLAWD_IMAGE_MISSING, CLAWD_IMAGE_OUTDATED, CLAWD_IMAGE_BUILD.
 */
export async function ensureImage(
  engine: Engine,
  reference: string,
  signal?: AbortSignal,
  files: ImageFiles = imageFiles(),
): Promise<ImageInfo> {
  const image = await engine.image(reference, signal);
  const isOurs = Object.values<string>(imageNames).includes(reference);
  if (image === null) throw missing(reference, isOurs);
  const isOld = reference === imageNames.browser && image.labels[browserLabel] !== files.browserDigest;
  if (image.labels[supervisorLabel] === files.digest && !isOld) return image;
  if (isOurs) throw outdated(reference);
  const base = await ensureImage(engine, imageNames.sandbox, signal, files);
  const pair = createHash("sha256").update(`${image.id}\n${base.id}`).digest("hex");
  const tag = `${layerName}:${pair.slice(0, 32)}`;
  const made = await engine.image(tag, signal);
  if (made?.labels[supervisorLabel] === files.digest) return made;
  return engine.build(
    {
      tag,
      dockerfile: files.dockerfile("layer"),
      files: {},
      labels: { [supervisorLabel]: files.digest },
      network: "none",
      arguments: { IMAGE: image.id, SUPERVISOR: base.id },
    },
    () => undefined,
    signal,
  );
}

export interface BuildSettings {
  /** How steps reach the package sources. Default: the engine's own network; `host` where it has none. */
  readonly network?: "default" | "host";
  /** Options of apt-get, such as `-o Acquire::http::Proxy=…`. */
  readonly aptOptions?: string;
  /** The gateway's own; its `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` count while the image is built, and do not stay in it. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Runs every step again: the way to newer packages. */
  readonly isFresh?: boolean;
  readonly signal?: AbortSignal;
  readonly files?: ImageFiles;
}

/**
 * Builds our images, the browser's on the sandbox's.
 * @param onProgress `sandbox: Step 3/9 : RUN …` as each step begins.
 * @throws CLAWD_IMAGE_BUILD with the line of the step that failed; CLAWD_IMAGE_MISSING for a browser without a sandbox.
 */
export async function buildImages(
  engine: Engine,
  which: readonly ImageName[],
  onProgress: (line: string) => void,
  settings: BuildSettings = {},
): Promise<Readonly<Partial<Record<ImageName, ImageInfo>>>> {
  const { network = "default", aptOptions = "", environment = {}, isFresh = false, signal } = settings;
  const { files = imageFiles() } = settings;
  const built: Partial<Record<ImageName, ImageInfo>> = {};
  for (const name of ["sandbox", "browser"] as const) {
    if (!which.includes(name)) continue;
    const base = name === "browser" ? await ensureImage(engine, imageNames.sandbox, signal, files) : null;
    built[name] = await engine.build(
      {
        tag: imageNames[name],
        dockerfile: files.dockerfile(name),
        files: name === "browser" ? files.browser : files.supervisor,
        labels: {
          [supervisorLabel]: files.digest,
          ...(name === "browser" && { [browserLabel]: files.browserDigest }),
        },
        network,
        isFresh,
        arguments: {
          APT_OPTIONS: aptOptions,
          ...(base !== null && { SANDBOX: base.id }),
          ...proxies(environment),
        },
      },
      (line) => onProgress(`${name}: ${line}`),
      signal,
    );
  }
  return built;
}

/** Docker knows these arguments without a Dockerfile that declares them, and leaves them out of the image. */
function proxies(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]);
  const found = names.map((name) => [name, environment[name] ?? ""] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== ""));
}

function missing(reference: string, isOurs: boolean): ClawdError {
  const hint = isOurs
    ? `Run ${commandFor(reference)}.`
    : "Build or pull it on the engine first, or unset `agents.defaults.sandbox.docker.image`: nothing is fetched by itself.";
  return new ClawdError("CLAWD_IMAGE_MISSING", `The engine has no image ${reference}.`, { hint });
}

const outdated = (reference: string): ClawdError =>
  new ClawdError("CLAWD_IMAGE_OUTDATED", `The image ${reference} was built by another version of Clawdbot.`, {
    hint: `Run ${commandFor(reference)}.`,
  });

const commandFor = (reference: string): string =>
  reference === imageNames.browser ? "`clawdbot sandbox build browser`" : "`clawdbot sandbox build`";
