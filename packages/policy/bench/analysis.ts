/**
 * How long the questions about a whole config take: 1,000 listed senders over 5 networks, 200 groups, 50 agents.
 * `node --conditions=@clawd/source bench/analysis.ts` prints milliseconds, and ends with an error when a first answer takes
 * a second or more.
 */
import { diff, lint, reach } from "../src/analysis/index.ts";
import { compile, type Network, type Policy } from "../src/index.ts";

const canonical: Network["canonicalSender"] = (entry) => ({ ok: true, id: entry.trim() });
const networks = ["north", "east", "south", "west", "inner"].map((id): Network => ({
  id,
  layout: "groups",
  canPair: true,
  sharedSenders: [],
  canonicalSender: canonical,
  canonicalChat: canonical,
}));
const sizes = { people: 200, groups: 40, agents: 50 } as const;
const tools = "bash process read ls write edit browser message image cron gateway web_fetch".split(" ");

interface Variant {
  readonly owners: readonly string[];
  readonly modes: readonly string[];
}

function config({ owners, modes }: Variant): Readonly<Record<string, unknown>> {
  let state = 7;
  const chance = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const some = (from: readonly string[], share: number) => from.filter(() => chance() < share);
  const list = range(sizes.agents, (at) => ({
    id: `agent-${at}`,
    default: at === 0,
    sandbox: { mode: modes[at % modes.length] },
    tools: { allow: some(tools, 0.7) },
  }));
  const people = range(sizes.people, String);
  const groups = () =>
    range(sizes.groups, (at): [string, object] => [
      `g${at}`,
      {
        requireMention: at % 4 !== 0,
        ...(at % 3 === 0 && { allowFrom: some(people, 0.12) }),
        ...(at % 2 === 0 && { tools: { deny: some(tools, 0.3) } }),
      },
    ]);
  const section = () => ({
    dmPolicy: "pairing",
    allowFrom: people,
    groupPolicy: "allowlist",
    groups: Object.fromEntries(groups()),
  });
  const bindings = networks.flatMap(({ id }) =>
    range(8, (at) => ({
      agentId: `agent-${at * 5}`,
      match: { provider: id, peer: { kind: "group", id: `g${at * 5}` } },
    })),
  );
  const sections = Object.fromEntries(networks.map(({ id }) => [id, section()]));
  return { agents: { list }, commands: { ownerAllowFrom: owners }, bindings, ...sections };
}

function range<Value>(count: number, make: (at: number) => Value): Value[] {
  return Array.from({ length: count }, (_, at) => make(at));
}

function policyOf(value: unknown): Policy {
  const result = compile(value, { networks });
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.policy;
}

const variant: Variant = { owners: ["north:1"], modes: ["off", "non-main", "all"] };
const base = config(variant);
const oneOwnerMore = config({ ...variant, owners: ["north:1", "north:2"] });
const noSandbox = config({ ...variant, modes: ["off"] });
/** Each answer of a policy that nobody has asked yet. */
const tasks: Readonly<Record<string, () => readonly unknown[]>> = {
  reach: () => reach(policyOf(base)),
  "diff, one owner more": () => diff(policyOf(base), policyOf(oneOwnerMore)).changes,
  "diff, every sandbox off": () => diff(policyOf(base), policyOf(noSandbox)).changes,
  lint: () => lint(policyOf(base), { config: base, options: { networks } }),
};

let slowest = 0;
for (const [name, task] of Object.entries(tasks)) {
  let found = 0;
  const times = range(5, () => {
    const from = performance.now();
    found = task().length;
    return performance.now() - from;
  });
  const [first] = times as [number];
  const median = times.toSorted((a, b) => a - b)[2]!;
  slowest = Math.max(slowest, first);
  console.log(
    `${name.padEnd(26)} first ${first.toFixed(0)} ms, median ${median.toFixed(0)} ms, ${found} found`,
  );
}
process.exitCode = slowest < 1_000 ? 0 : 1;
