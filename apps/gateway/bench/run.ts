/** Runs the named measurements, or all; a JSON array of lines on stdout, what it is at on stderr. */
import { crowd } from "./crowd.ts";
import { decide } from "./decide.ts";
import { ignored } from "./ignored.ts";
import { latency } from "./latency.ts";
import { pairingList } from "./pairing-list.ts";
import { sandbox } from "./sandbox.ts";
import { memory, start } from "./start.ts";
import type { Contender, Row } from "./statistics.ts";

const measurements: Readonly<Record<string, () => Promise<readonly (Row | Contender)[]>>> = {
  start,
  memory,
  latency,
  ignored,
  "pairing-list": pairingList,
  crowd,
  decide,
  sandbox,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(measurements, name));
if (unknown.length > 0) {
  const names = Object.keys(measurements).join(", ");
  process.stderr.write(`No such measurement: ${unknown.join(", ")}. There are: ${names}.\n`);
  process.exit(2);
}
const rows: (Row | Contender)[] = [];
for (const [name, measure] of Object.entries(measurements)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stderr.write(`${name} … `);
  const startedAt = performance.now();
  rows.push(...(await measure()));
  process.stderr.write(`${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`);
}
process.stdout.write(`${JSON.stringify(rows)}\n`);
