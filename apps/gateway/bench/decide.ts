/** One decision, measured in a process of its own. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { figures, type Row } from "./statistics.ts";

const program = fileURLToPath(
  new URL("../../../packages/policy/bench/decide-beside-floor.ts", import.meta.url),
);

export async function decide(): Promise<readonly Row[]> {
  const child = spawn(process.execPath, ["--conditions=@clawd/source", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const status = await new Promise((resolve) => child.on("close", resolve));
  if (status !== 0) throw new Error(`${program} ended with ${String(status)}`);
  const measured = JSON.parse(output) as { readonly decide: number[]; readonly floor: number[] };
  const microseconds = (nanoseconds: readonly number[]) => figures(nanoseconds.map((value) => value / 1000));
  return [
    {
      what: "`policy.decide` with its trace, 1,000 senders, 200 groups",
      unit: "µs",
      goal: { below: 1 },
      ours: microseconds(measured.decide),
      beside: { what: "one `Set.has`", figures: microseconds(measured.floor) },
    },
  ];
}
