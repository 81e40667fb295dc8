// `pnpm bench [names] [--write]`: all set-up, a build, then every measurement or the named ones against the emulators, each
// beside what it is held against. Tables on stdout; `--write` puts them into docs/benchmarks.md.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism, loadavg, platform, arch, totalmem } from "node:os";
import { join } from "node:path";
import { enginesTable, missed, table } from "./bench-table.mjs";
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
const lines = JSON.parse(stdout);
process.stdout.write(`${[machine(), table(lines), enginesTable(lines)].join("\n\n").trimEnd()}\n`);
if (isWritten) writeFileSync(join(root, "docs/benchmarks.md"), page(lines));
const failed = missed(lines);
if (failed.length > 0) console.error(`Missed: ${failed.join("; ")}.`);

function machine() {
  const { stdout: version } = spawnSync(workspaceNode(), ["--version"], { encoding: "utf8" });
  const [before, after] = [loadBefore, loadavg()[0]].map((load) => load.toFixed(1));
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  return `${new Date().toISOString().slice(0, 10)}, ${platform()} ${arch()}, ${availableParallelism()} cores, ${memory}, Node ${version.trim()}; load average ${before} at the start, ${after} at the end.`;
}

function page(lines) {
  return `# Benchmarks

\`pnpm bench --write\` wrote this page; \`pnpm bench\` measures again, \`pnpm bench latency\` one part of it. The numbers are those
of one run on one machine. Compare the ratios, not the numbers: both sides of a ratio were measured in turns, in the same run.

${machine()}

${table(lines)}

The columns of openclaw are medians of the real programs, measured earlier on a quiet machine of this kind; they are
given, not measured again by this run. A cell is empty where nothing was measured.

## The policy engine beside published ones

${enginesTable(lines)}

10,000 questions, half of them "may this message reach an agent", half "may this run call this tool", over 6 networks with 1,000
listed people and 200 groups (75 % ask for a mention, 30 % have a list of people of their own, 60 % lists of tools), and 20
agents with lists of 40 tools; 46 % are allowed. Every answer of every engine was compared with the naive one's, in each process:
one that differs ends the run. Ours says the whole decision: the code, the agent, the session, the place, the config keys that
decided and every check on the way, after checking each field of the request; the others say yes or no.

- **Same requests** are objects that were asked about before; **new requests** come out of \`JSON.parse\` just before, so that no
  text in them was hashed before. Each engine runs in 7 processes of its own, in turns; the medians of their medians are shown.
- **\`@casl/ability\`, indexed by hand**: an ability for the people of each network, for each group and for the agents, the sender's id or
  the agent's as the type of the subject; what is left is a look-up, and no condition. **As in its guide**: an ability for each person, with conditions on the subject.
- **\`casbin\`**: roles for the lists of people and of tools, a row of policy for each room and each list, \`enforceSync\`.
- **\`cedar-wasm\`**: the policies parsed beforehand, and with each question only the two entities that it is about, made beforehand.
- **Compile, first**: in a new process, its library loaded; **warm**: the median of later ones. **Memory**: what the process grew by
  from before the engine was loaded to after 10,000 decisions. **Bundle**: what a program carries, minified and compressed.

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
- **Whole tool call**: from the last byte of the model's answer that asks for it to the arrival of the request with its result, in a
  gateway with a sandbox that is warm: two decisions and their records, the tool, the transcript. Two of these wait for the disk.
- **Sandboxes**: with the default limits, one processor each, but for "all processors". Each of the 8 callers begins the next \`true\` when the
  last has ended. The shell beside them does nothing but to start \`/bin/true\`, as often, in the same container: what is left is the program.
- **From the pool**: a new session's first command, where a container waited for whoever comes (\`sandbox.pool\`).
- **Growth of the gateway's side**: resident size of the process that reads, and gives back what it read, as the gateway's tool does.
- **\`policy.decide\`, \`compile\`**: beside the first engine of the table above (\`packages/policy/bench\`).
`;
}
