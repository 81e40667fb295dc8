/** What a program carries for an engine: everything that its own code imports of it, in one file. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type BuildOptions } from "esbuild";

const folder = fileURLToPath(new URL(".", import.meta.url));
const cedarWasm = "@cedar-policy/cedar-wasm/nodejs";

const programs: Readonly<Record<string, string>> = {
  ours: `export { compile } from "../src/index.ts";`,
  casl: `export { createMongoAbility } from "@casl/ability";`,
  "casl-by-person": `export { defineAbility, subject } from "@casl/ability";`,
  casbin: `export { newEnforcer, newModelFromString } from "casbin";`,
  cedar: `export { preparsePolicySet, statefulIsAuthorized } from "${cedarWasm}";`,
};

const options = { bundle: true, format: "esm", platform: "node", target: "es2023" } satisfies BuildOptions;

/** Kilobytes, minified and compressed; null for what imports nothing. */
export async function bundleSize(engine: string): Promise<number | null> {
  const contents = programs[engine];
  if (contents === undefined) return null;
  const stdin = { contents, resolveDir: folder };
  const { outputFiles } = await build({ ...options, stdin, minify: true, write: false });
  let bytes = gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
  if (engine === "cedar") {
    const { resolve } = createRequire(import.meta.url);
    bytes += gzipSync(readFileSync(join(resolve(cedarWasm), "../cedar_wasm_bg.wasm")), { level: 9 }).length;
  }
  return bytes / 1024;
}

/** The package as it is published, in one file; `remove` when it is no longer needed. */
export async function publishedBundle(): Promise<{ readonly url: string; readonly remove: () => void }> {
  const directory = mkdtempSync(join(tmpdir(), "clawd-policy-bench-"));
  const outfile = join(directory, "policy.mjs");
  await build({ ...options, entryPoints: [join(folder, "../src/index.ts")], outfile });
  return {
    url: new URL(`file://${outfile}`).href,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
