// `pnpm bench [names] [--write]`: all set-up, a build, then every measurement or the named ones against the emulators, each
// beside what it is held against. One table on stdout; `--write` puts it into docs/benchmarks.md.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism, loadavg, platform, arch, totalmem } from "node:os";
import { join } from "node:path";
import { environment, root, setUp, workspaceNode } from "./setup.mjs";

const names = process.argv.slice(2).filter((word) => word !== "--write");
const isWritten = process.argv.includes("--write");
if (isWritten && names.length > 0) {
  console.error("docs/benchmarks.md holds a whole run: leave the names out with --write.");
  process.exit(2);
}
if (platform() !== "linux") {
  console.error("CPU time and memory are read from /proc: these measurements need Linux.");
  process.exit(2);
}

setUp();
const loadBefore = loadavg()[0];
const { status, stdout } = spawnSync(
  workspaceNode(),
  ["--conditions=@clawd/source", "--no-warnings", join(root, "apps/gateway/bench/run.ts"), ...names],
  { cwd: root, env: environment, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 2 ** 24 },
);
if (status !== 0) process.exit(status ?? 1);
const rows = JSON.parse(stdout);
const text = `${machine()}\n\n${table(rows)}\n`;
process.stdout.write(text);
if (isWritten) {
  writeFileSync(join(root, "docs/benchmarks.md"), page(text));
}
const missed = rows.filter(({ goal, ours }) => goal !== undefined && !isMet(goal, ours.median));
if (missed.length > 0) console.error(`Missed: ${missed.map(({ what }) => what).join("; ")}.`);

function machine() {
  const { stdout: version } = spawnSync(workspaceNode(), ["--version"], { encoding: "utf8" });
  const [before, after] = [loadBefore, loadavg()[0]].map((load) => load.toFixed(1));
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  return `${new Date().toISOString().slice(0, 10)}, ${platform()} ${arch()}, ${availableParallelism()} cores, ${memory}, Node ${version.trim()}; load average ${before} at the start, ${after} at the end.`;
}

function table(lines) {
  const head = [
    "measured",
    "goal",
    "Clawdbot: median (min–max)",
    "beside it, in turns: median (min–max)",
    "ratio",
    "openclaw 2026.9.6",
    "openclaw 2026.1.24-3",
  ];
  const body = lines.map(({ what, unit, goal, ours, beside, openclaw = [] }) => [
    what,
    goal === undefined ? "" : `${limit(goal)} ${unit}${isMet(goal, ours.median) ? "" : ", **missed**"}`,
    shown(ours, unit),
    beside === undefined ? "" : `${beside.what}: ${shown(beside.figures, unit)}`,
    beside === undefined ? "" : `${number(ours.median / beside.figures.median)}×`,
    ...[0, 1].map((index) => (openclaw[index] === undefined ? "" : `${openclaw[index]} ${unit}`)),
  ]);
  return [head, head.map(() => "---"), ...body].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function limit({ below, above }) {
  return below === undefined ? `> ${above}` : `< ${below}`;
}

function isMet({ below, above }, median) {
  return below === undefined ? median > above : median < below;
}

function shown({ median, min, max, count }, unit) {
  const range = count === 1 ? "" : ` (${number(min)}–${number(max)})`;
  return `${number(median)} ${unit}${range}`.trim();
}

/** Three digits that count. */
function number(value) {
  if (Number.isInteger(value)) return String(value);
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value >= 1 ? value.toFixed(2) : value.toFixed(3);
}

function page(measured) {
  return `# Benchmarks

\`pnpm bench --write\` wrote this page; \`pnpm bench\` measures again, \`pnpm bench latency\` one part of it. The numbers are those
of one run on one machine. Compare the ratios, not the numbers: both sides of a ratio were measured in turns, in the same run.

${measured}
The columns of openclaw are medians of the real programs, measured earlier on a quiet machine of this kind; they are
given, not measured again by this run. A cell is empty where nothing was measured.

## What is measured

- Telegram and the model are the emulators of \`@clawd/emulators\`, in a process apart from what is measured. The bare bot is grammY
  with \`bot.start()\` and \`sendMessage\`, or a look into a \`Set\` where it ignores (\`apps/gateway/bench/echo-bot.mjs\`).
- **Start to first poll**: from the start of the process to the arrival of its first \`getUpdates\`, after one start that is not
  counted. The model's library is loaded after that, in the background.
- **Idle**: \`/proc/<pid>/smaps_rollup\` after five seconds in which nothing was said, the model's library loaded.
- **Update to model request**: from the moment the message has left the network to the arrival of the request at the model. The message is on
  the disk by then (\`synchronous = FULL\`). **Model's answer to sendMessage**: from the last byte of the answer to the arrival of the
  request at Telegram; the reply is on the disk by then. At Telegram's pace, so that no limit is in the way.
- **CPU each**: user and system time of the process over thousands of messages (\`/proc/<pid>/stat\`). \`at once\`: the messages wait at
  the network, which hands out 100 in a poll. \`one poll for each\`: a message comes when the last one was taken in, so each pays for
  an HTTP request of its own. Each is stored and decided, and the decision is in the audit record; the bare bot keeps nothing.
- **20 users at once**: each says the next thing when the last was answered. On WebChat the built-in practice model answers: the
  road itself. All of WebChat is one conversation with one operator, answered in order, so no two turns run side by side. On
  Telegram the emulator enforces the network's limits; the pace beside it is what the provider allows itself to keep below them.
- **\`policy.decide\`**: 10,000 mixed requests a round (\`packages/policy/bench\`).
`;
}
