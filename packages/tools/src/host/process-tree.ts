/**
 * Finds and kills all that a command started. The host has no supervisor above the command, so its processes are known by a
 * variable that they inherit, by their session, and by their parents.
 *
 * Not found: a process that cleared its environment, left the session and lost its parent before anybody looked; one that
 * another program of the system started (cron, systemd, a container engine); one of another user.
 */
import { readdirSync, readFileSync } from "node:fs";

/** The variable that every process of a command carries. */
export const markerName = "CLAWD_COMMAND";

export interface Tree {
  /** The value of the variable, or how it begins. */
  readonly marker: string;
  /** The command itself, which leads a session of its own. Absent: by the marker alone. */
  readonly leader?: number;
  /** Clock ticks since the system started; absent while the leader lives. A session's number may be somebody else's afterwards. */
  readonly endedAt?: number;
}

interface Seen {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  readonly startedAt: number;
  readonly isZombie: boolean;
}

const passes = 50;
/** Milliseconds for one kill: the gateway does nothing else meanwhile. Whoever kills looks again later. */
const longest = 1_000;

/** Stops everything first, so that nothing starts more meanwhile; kills it then. Returns how many it killed. */
export function killTree(tree: Tree): number {
  const { leader, endedAt } = tree;
  // One signal to the group is there before the next fork, however many there are. While the leader lives the number is ours.
  const group = leader !== undefined && endedAt === undefined ? -leader : undefined;
  if (group !== undefined) signal(group, "SIGSTOP");
  const known = process.platform === "linux" ? stopMembers(tree) : new Map<number, number>();
  for (const pid of known.keys()) signal(pid, "SIGKILL");
  if (group !== undefined) signal(group, "SIGKILL");
  return known.size;
}

/** The processes of the tree, all stopped, each with its start. */
function stopMembers(tree: Tree): ReadonlyMap<number, number> {
  const known = new Map<number, number>();
  const others = new Map<number, number>();
  const end = performance.now() + longest;
  for (let pass = 0; pass < passes && performance.now() < end; pass++) {
    const fresh = members(tree, known, others).filter(({ pid, startedAt }) => known.get(pid) !== startedAt);
    if (fresh.length === 0) break;
    for (const { pid, startedAt } of fresh) {
      known.set(pid, startedAt);
      signal(pid, "SIGSTOP");
    }
  }
  return known;
}

/** Clock ticks since the system started, as /proc counts them: a hundred a second. */
export function ticksNow(): number {
  if (process.platform !== "linux") return 0;
  return Math.ceil(Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 100);
}

/** `others` remembers who does not carry the variable, so that each is asked once. */
function members(
  tree: Tree,
  known: ReadonlyMap<number, number>,
  others: Map<number, number>,
): readonly Seen[] {
  const all = processes();
  const found = new Set<number>();
  const isMarked = ({ pid, startedAt }: Seen) => {
    if (others.get(pid) === startedAt) return false;
    const does = carries(pid, tree.marker);
    if (!does) others.set(pid, startedAt);
    return does;
  };
  for (const seen of all)
    if (known.get(seen.pid) === seen.startedAt || isOfSession(seen, tree) || isMarked(seen))
      found.add(seen.pid);
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  found.delete(process.pid);
  return all.filter(({ pid, isZombie }) => found.has(pid) && !isZombie);
}

function isOfSession({ session, startedAt }: Seen, { leader, endedAt = Infinity }: Tree): boolean {
  return session === leader && startedAt <= endedAt;
}

function carries(pid: number, marker: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1")
      .split("\0")
      .some((entry) => entry.startsWith(`${markerName}=${marker}`));
  } catch {
    // It ended, or is another user's: then its parent has to tell.
    return false;
  }
}

function processes(): readonly Seen[] {
  return readdirSync("/proc")
    .filter((name) => /^[1-9][0-9]*$/.test(name))
    .flatMap((name) => {
      try {
        const line = readFileSync(`/proc/${name}/stat`, "latin1");
        // The program's name stands in brackets and may hold anything, brackets too.
        const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
        return [
          {
            pid: Number(name),
            parent: Number(fields[1]),
            session: Number(fields[3]),
            startedAt: Number(fields[19]),
            isZombie: fields[0] === "Z" || fields[0] === "X",
          },
        ];
      } catch {
        return [];
      }
    });
}

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
