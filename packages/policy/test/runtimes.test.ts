/**
 * The engine runs wherever JavaScript does, and answers alike to the byte: in Chromium, in this Node, and in every other
 * `node`, `bun` and `deno` of PATH and of CLAWD_TEST_RUNTIMES (a list of executables, written like PATH).
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions } from "esbuild";
import fc from "fast-check";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requests as anyRequests, world } from "./requests.ts";
import { answersTo } from "./runtime-program.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const requests = fc.sample(anyRequests, { numRuns: 2000, seed: 2000 });
const expected = answersTo(world, requests);

const browser = {
  platform: "browser",
  bundle: true,
  write: false,
  target: "es2023",
  metafile: true,
} satisfies BuildOptions;

async function bundled(source: string, options: BuildOptions = {}) {
  const { outputFiles, metafile } = await build({
    ...browser,
    conditions: ["@clawd/source"],
    format: "esm",
    stdin: { contents: source, resolveDir: here },
    ...options,
  });
  const imports = Object.values(metafile!.outputs).flatMap((output) => output.imports);
  return { code: outputFiles![0]!.text, imports };
}

test.each([
  ["allow", 200],
  ["deny", 200],
  ["challenge", 2],
])("the answers that are compared are %s more than %i times", (effect, times) => {
  const effects = expected.split("\n").map((line) => (JSON.parse(line) as [{ effect: string }])[0].effect);
  expect(effects.filter((each) => each === effect).length).toBeGreaterThan(times);
});

test.each(["@clawd/policy", "@clawd/policy/analysis", "@clawd/policy/authzen"])(
  "%s imports nothing that a browser has not",
  async (entry) => {
    const { code, imports } = await bundled(`export * from "${entry}";`);
    expect(imports).toEqual([]);
    expect(code).not.toMatch(/\brequire\(|\bprocess\.|\bBuffer\b|["']node:/);
  },
);

const chromiumPath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
const hasChromium = existsSync(chromiumPath);
if (!hasChromium) console.warn(`SKIPPED: the engine is not run in a browser, there is no ${chromiumPath}.`);

// In CI a missing browser is a failure, never a silence.
test.skipIf(!hasChromium && process.env["CI"] !== "true")(
  "Chromium answers alike",
  { timeout: 60_000 },
  async () => {
    const { code } = await bundled(`export { answersTo } from "./runtime-program.ts";`, {
      format: "iife",
      globalName: "engine",
    });
    const instance = await chromium.launch({
      executablePath: chromiumPath,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
      ],
    });
    try {
      const page = await instance.newPage();
      await page.addScriptTag({ content: code });
      const answers = await page.evaluate(
        `engine.answersTo(${JSON.stringify(world)}, ${JSON.stringify(requests)})`,
      );
      expectSame(answers as string);
    } finally {
      await instance.close();
    }
  },
);

interface Runtime {
  readonly name: string;
  readonly path: string;
}

const runtimes = presentRuntimes();
console.info(`The engine is run in: ${runtimes.map(({ name }) => name).join(", ")}.`);

describe("every other runtime that is here", () => {
  let directory: string;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "clawd-runtimes-"));
    const { code } = await bundled(`export { answersTo } from "./runtime-program.ts";`);
    writeFileSync(join(directory, "engine.mjs"), code);
    writeFileSync(join(directory, "input.json"), JSON.stringify([world, requests]));
    const main = `import { readFileSync, writeFileSync } from "node:fs";
      import { answersTo } from "./engine.mjs";
      const [config, requests] = JSON.parse(readFileSync("input.json", "utf8"));
      writeFileSync(1, answersTo(config, requests));`;
    writeFileSync(join(directory, "main.mjs"), main);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test.each(runtimes)("$name answers alike", { timeout: 60_000 }, ({ path }) => {
    const words = basename(path).startsWith("deno") ? ["run", "--allow-read", "--allow-write"] : [];
    const options = { cwd: directory, encoding: "utf8", maxBuffer: 2 ** 26 } as const;
    expectSame(execFileSync(path, [...words, "main.mjs"], options));
  });
});

/** Compared line by line, so that a difference is one decision and not all of them. */
function expectSame(answers: string): void {
  const [wanted, found] = [expected.split("\n"), answers.split("\n")];
  for (const [at, line] of wanted.entries())
    if (found[at] !== line) expect(JSON.parse(found[at] ?? "null")).toEqual(JSON.parse(line));
  expect(answers === expected).toBe(true);
}

function presentRuntimes(): readonly Runtime[] {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const inPath = ["node", "bun", "deno"].flatMap((name) => folders.map((folder) => join(folder, name)));
  const named = (process.env["CLAWD_TEST_RUNTIMES"] ?? "").split(delimiter);
  const paths = [process.execPath, ...inPath, ...named].filter((path) => path !== "" && existsSync(path));
  const real = new Set(paths.map((path) => realpathSync(path)));
  return [...real].map((path) => {
    const version = execFileSync(path, ["--version"], { encoding: "utf8" }).split("\n")[0]!;
    return { name: `${basename(path)} ${version.replace(/^deno /, "")}`, path };
  });
}
