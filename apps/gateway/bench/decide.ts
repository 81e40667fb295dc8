/** One decision beside the published engines, in processes of their own (`packages/policy/bench`). */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { figures, type Contender, type Row } from "./statistics.ts";

const program = fileURLToPath(new URL("../../../packages/policy/bench/compare.ts", import.meta.url));

/** What `compare.ts` prints for each engine; milliseconds, megabytes, and nanoseconds for one decision. */
interface Compared {
  readonly engine: string;
  readonly bundle: number | null;
  readonly measurements: readonly Readonly<Record<Measured, number>>[];
}

type Measured = "coldCompile" | "warmCompile" | "firstDecision" | "memory" | "reused" | "fresh";

/** Their names, and how many times faster than each of them a whole decision is to be. */
const engines: Readonly<Record<string, { readonly name: string; readonly goal?: number }>> = {
  ours: { name: "`@clawd/policy`, whole decision with its trace" },
  casl: { name: "`@casl/ability` 7.0, indexed by hand", goal: 10 },
  "casl-by-person": { name: "`@casl/ability` 7.0, as in its guide", goal: 10 },
  casbin: { name: "`casbin` 5.51, `enforceSync`", goal: 1000 },
  cedar: { name: "`@cedar-policy/cedar-wasm` 4.13", goal: 1000 },
  naive: { name: "no engine: the config read again each time" },
};

export async function decide(): Promise<readonly (Row | Contender)[]> {
  const compared = await run();
  const contenders = compared.map(({ engine, bundle, measurements }): Contender => {
    const of = (what: Measured, by = 1) => figures(measurements.map((one) => one[what] / by));
    return {
      ...engines[engine]!,
      reused: of("reused", 1000),
      fresh: of("fresh", 1000),
      coldCompile: of("coldCompile"),
      warmCompile: of("warmCompile"),
      firstDecision: of("firstDecision"),
      memory: of("memory"),
      bundle,
    };
  });
  const [ours, best] = contenders as [Contender, Contender];
  const what = "1,000 senders, 200 groups, 20 agents, 40 tools";
  const beside = (key: "reused" | "fresh" | "warmCompile" | "coldCompile") => ({
    ours: ours[key],
    beside: { what: "`@casl/ability`", figures: best[key] },
  });
  return [
    { what: `\`policy.decide\`, ${what}`, unit: "µs", goal: { below: 0.16 }, ...beside("reused") },
    { what: "`policy.decide`, requests new from JSON", unit: "µs", ...beside("fresh") },
    { what: `\`compile\`, ${what}: warm`, unit: "ms", goal: { below: 5 }, ...beside("warmCompile") },
    { what: "`compile`, the first of a process", unit: "ms", goal: { below: 5 }, ...beside("coldCompile") },
    ...contenders,
  ];
}

async function run(): Promise<readonly Compared[]> {
  const child = spawn(process.execPath, ["--no-warnings", program], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const status = await new Promise((resolve) => child.on("close", resolve));
  if (status !== 0) throw new Error(`${program} ended with ${String(status)}`);
  return JSON.parse(output) as Compared[];
}
