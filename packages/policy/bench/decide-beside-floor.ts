/** One decision with its full trace beside one `Set.has` of the same sender, in turns; nanoseconds, as JSON on stdout. */
import { compile } from "../src/index.ts";
import { config, networks, requests } from "./workload.ts";

const rounds = 60;
const warmUp = 20;

const compiled = compile(config(1000, 200), { networks });
if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
const { policy } = compiled;
const asked = requests(1000, 200);
const known = new Set(asked.map(({ sender }) => sender.id));
const decide: number[] = [];
const floor: number[] = [];
let allowed = 0;
let found = 0;

for (let round = 0; round < warmUp + rounds; round++) {
  const decided = perRequest(() => {
    for (const request of asked) {
      const { effect, trace } = policy.decide(request);
      if (effect === "allow" && trace.length > 0) allowed++;
    }
  });
  const looked = perRequest(() => {
    for (const { sender } of asked) if (known.has(sender.id)) found++;
  });
  if (round < warmUp) continue;
  decide.push(decided);
  floor.push(looked);
}
if (allowed === 0 || found === 0) throw new Error("Nothing was measured.");
process.stdout.write(`${JSON.stringify({ decide, floor })}\n`);

/** Nanoseconds. */
function perRequest(work: () => void): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / asked.length;
}
