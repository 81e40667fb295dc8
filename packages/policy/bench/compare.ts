/**
 * Every engine in processes of its own, in turns; JSON on stdout, what it is at on stderr.
 * Ends with an error where an engine gives another answer than the naive one.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { bundleSize, publishedBundle } from "./bundle.ts";
import type { Measurement } from "./measure.ts";

export interface Compared {
  readonly engine: string;
  /** One for each process. */
  readonly measurements: readonly Measurement[];
  /** Kilobytes, minified and compressed. */
  readonly bundle: number | null;
}

const engines = ["ours", "casl", "casl-by-person", "casbin", "cedar", "naive"];
const rounds = 7;
const program = fileURLToPath(new URL("measure.ts", import.meta.url));

const { url, remove } = await publishedBundle();
try {
  const measured = new Map<string, Measurement[]>(engines.map((engine) => [engine, []]));
  for (let round = 0; round < rounds; round++) {
    for (const engine of engines) measured.get(engine)!.push(measure(engine));
  }
  const compared: Compared[] = [];
  for (const [engine, measurements] of measured) {
    compared.push({ engine, measurements, bundle: await bundleSize(engine) });
  }
  process.stdout.write(`${JSON.stringify(compared)}\n`);
} finally {
  remove();
}

function measure(engine: string): Measurement {
  const { status, stdout } = spawnSync(process.execPath, ["--expose-gc", "--no-warnings", program, engine], {
    encoding: "utf8",
    env: { ...process.env, POLICY_BUNDLE: url },
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`The measurement of ${engine} ended with ${String(status)}.`);
  return JSON.parse(stdout) as Measurement;
}
