/**
 * Measures one engine, the first argument, in this process; JSON on stdout. Every answer is compared with the naive one's,
 * and one that differs ends the process with an error.
 */
import { load as loadNaive } from "./engines/naive.ts";
import type { Answer, Load } from "./engines/engine.ts";
import { workload, type Question } from "./workload.ts";

/** Milliseconds of CPU, megabytes, nanoseconds for one decision. */
export interface Measurement {
  readonly coldCompile: number;
  readonly firstDecision: number;
  readonly memory: number;
  readonly reused: number;
  readonly fresh: number;
  readonly warmCompile: number;
}

const rounds = 21;
/** What a round of a slow engine may take; it gets fewer questions, evenly spread over all. */
const roundMilliseconds = 150;
const compilations = 15;

const { load } = (await import(`./engines/${process.argv[2]}.ts`)) as { load: Load };
const asked = workload();
const { questions } = asked;
const naive = await (await loadNaive())(asked);
const expected = questions.map((question) => naive(question));
const memoryBefore = resident();

const compile = await load();
const [answer, coldCompile] = await timed(() => compile(asked));
const [, firstDecision] = await timed(() => answer(questions[0]!));
const [wrong, milliseconds] = await timed(() =>
  questions.findIndex((each, at) => answer(each) !== expected[at]),
);
if (wrong >= 0) {
  process.stderr.write(`${process.argv[2]} is wrong: ${JSON.stringify(questions[wrong])}\n`);
  process.exit(1);
}
const memory = resident() - memoryBefore;

const stride = Math.max(1, Math.ceil(milliseconds / roundMilliseconds));
// An odd stride, or it would meet one kind of question alone.
const sample = questions.filter((_, at) => at % (stride | 1) === 0);
const text = JSON.stringify(sample);
const reused: number[] = [];
const fresh: number[] = [];
for (let round = 0; round < rounds; round++) {
  reused.push(nanoseconds(answer, sample));
  // Parsed anew: no text in it has been met, hashed or compared before.
  fresh.push(nanoseconds(answer, JSON.parse(text) as Question[]));
}
const warm: number[] = [];
for (let time = 0; time < compilations && sum(warm) < 1000; time++)
  warm.push((await timed(() => compile(asked)))[1]);

const measured: Measurement = {
  coldCompile,
  firstDecision,
  memory,
  // The first third is where it gets warm.
  reused: median(reused.slice(rounds / 3)),
  fresh: median(fresh.slice(rounds / 3)),
  warmCompile: median(warm.slice(warm.length / 3)),
};
process.stdout.write(`${JSON.stringify(measured)}\n`);

function nanoseconds(decide: Answer, asks: readonly Question[]): number {
  let allowed = 0;
  const start = process.hrtime.bigint();
  for (const question of asks) if (decide(question)) allowed++;
  const took = Number(process.hrtime.bigint() - start);
  if (allowed === 0) throw new Error("Nothing was measured.");
  return took / asks.length;
}

async function timed<Value>(work: () => Value | Promise<Value>): Promise<[Value, number]> {
  const start = performance.now();
  const result = work();
  const value = result instanceof Promise ? await result : result;
  return [value, performance.now() - start];
}

function resident(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss() / 2 ** 20;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
