/** What a program carries for the engine: the README names the number, and this holds it to that. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const promised = Number(/is under (\d+) KB, minified and compressed/.exec(readme)?.[1]);

async function kilobytes(contents: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2023",
    conditions: ["@clawd/source"],
  });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length / 1024;
}

test("compile, with everything that it needs to decide, is as small as the README says", async () => {
  const size = await kilobytes(`export { compile } from "@clawd/policy";`);
  expect(size).toBeLessThan(promised);
  // Nor is the promise idle.
  expect(size).toBeGreaterThan(promised - 3);
});

test("what decides, without what compiles, is under 12 KB", async () => {
  expect(await kilobytes(`export * from "@clawd/policy/decide";`)).toBeLessThan(12);
});

test("what is not imported is not carried", async () => {
  expect(await kilobytes(`export { formatSessionKey } from "@clawd/policy";`)).toBeLessThan(1);
  expect(await kilobytes(`export { commandRights } from "@clawd/policy";`)).toBeLessThan(2);
  expect(await kilobytes(`export { toAuthZen } from "@clawd/policy/authzen";`)).toBeLessThan(4);
});
