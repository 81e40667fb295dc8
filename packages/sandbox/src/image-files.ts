/** The files that images are built from, and the digest that tells one supervisor from another. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { ClawdError } from "@clawd/kernel";

export interface ImageFiles {
  dockerfile(name: "sandbox" | "browser" | "layer"): string;
  /** Beside the Dockerfiles: `supervisor/…` and `browser.sh`. */
  readonly supervisor: Readonly<Record<string, Uint8Array>>;
  readonly browser: Readonly<Record<string, Uint8Array>>;
  /** `sha256:…` of the supervisor's source. */
  readonly digest: string;
  /** `sha256:…` of what the browser's image is built from, beside the sandbox's. */
  readonly browserDigest: string;
}

/**
 * @param directory holds `images/` and `supervisor/`; absent: those that came with this package.
 * @throws CLAWD_IMAGE_FILES when they are not there.
 */
export function imageFiles(directory: URL = ownDirectory()): ImageFiles {
  const read = (path: string): Uint8Array => {
    try {
      return readFileSync(new URL(path, directory));
    } catch (cause) {
      throw absent(cause);
    }
  };
  const names = sourceNames(directory).toSorted();
  const supervisor = Object.fromEntries(
    names.map((name) => [`supervisor/${name}`, read(`supervisor/${name}`)]),
  );
  const hash = createHash("sha256");
  for (const [name, bytes] of Object.entries(supervisor))
    hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  const browserScript = read("images/browser.sh");
  const browserHash = createHash("sha256").update(read("images/Dockerfile.browser")).update(browserScript);
  return {
    dockerfile: (name) => Buffer.from(read(`images/Dockerfile.${name}`)).toString("utf8"),
    supervisor,
    browser: { "browser.sh": browserScript },
    digest: `sha256:${hash.digest("hex")}`,
    browserDigest: `sha256:${browserHash.digest("hex")}`,
  };
}

function sourceNames(directory: URL): readonly string[] {
  try {
    return readdirSync(new URL("supervisor/", directory)).filter((name) => /^[\w-]+\.(?:c|h|sh)$/.test(name));
  } catch (cause) {
    throw absent(cause);
  }
}

/** Beside the code where it was bundled, above it where it was not. */
function ownDirectory(): URL {
  const beside = new URL("./", import.meta.url);
  return existsSync(new URL("images/", beside)) ? beside : new URL("../", import.meta.url);
}

const absent = (cause: unknown): ClawdError =>
  new ClawdError("CLAWD_IMAGE_FILES", "The files that sandbox images are built from are not there.", {
    hint: "Install Clawdbot again.",
    cause,
  });
