/**
 * What the config gave whom, as the version that last ran it understood it. A newer version that reads the same config as
 * more is an update that widens access: it does not start before its owner has accepted exactly that (T-B9).
 */
import { ClawdError } from "@clawd/kernel";
import { writeFileAtomic } from "@clawd/kernel/files";
import type { Policy } from "@clawd/policy";
import type { Reach, Senders } from "@clawd/policy/analysis";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

interface AccessRecord {
  readonly version: string;
  /** `sha256:…` of the config. */
  readonly policy: string;
  readonly reach: readonly Reach[];
  /** The hash of a difference that an owner has accepted for the next start. */
  readonly accepted?: string;
}

export interface AccessDifference {
  readonly hash: string;
  readonly lines: readonly string[];
}

const fileOf = (runtimeDirectory: string): string => join(runtimeDirectory, "access.json");

/** What this version gives beyond what the last one gave, for the same config; null: nothing, or there is nothing to compare. */
export async function widenedByUpdate(
  runtimeDirectory: string,
  version: string,
  policy: Policy,
): Promise<AccessDifference | null> {
  const record = read(runtimeDirectory);
  if (record === undefined || record.version === version || record.policy !== policy.hash) return null;
  // Nearly no start needs it, and it takes longer to load than all the rest of one.
  const { linesOfReach, reach } = await import("@clawd/policy/analysis");
  const gained = reach(policy).filter((entry) => !isCovered(entry, record.reach));
  if (gained.length === 0) return null;
  const lines = linesOfReach(gained);
  const hash = createHash("sha256").update(JSON.stringify(gained)).digest("hex");
  return record.accepted === hash ? null : { hash, lines };
}

/** @throws CLAWD_UPDATE_WIDENS when the last version gave less for the same config */
export async function refuseWideningUpdate(
  runtimeDirectory: string,
  version: string,
  policy: Policy,
): Promise<void> {
  const difference = await widenedByUpdate(runtimeDirectory, version, policy);
  if (difference === null) return;
  throw new ClawdError(
    "CLAWD_UPDATE_WIDENS",
    ["This version gives more for the same config than the last one did:", ...difference.lines].join("\n"),
    { hint: `To accept exactly this: clawdbot config apply --ack ${difference.hash.slice(0, 8)}` },
  );
}

/** For the next start. False when nothing waits under this hash. */
export async function acceptUpdate(
  runtimeDirectory: string,
  version: string,
  policy: Policy,
  hash: string,
): Promise<boolean> {
  const difference = await widenedByUpdate(runtimeDirectory, version, policy);
  const record = read(runtimeDirectory);
  if (difference === null || record === undefined) return false;
  if (hash.length < 8 || !difference.hash.startsWith(hash.toLowerCase())) return false;
  write(runtimeDirectory, { ...record, accepted: difference.hash });
  return true;
}

/** Written whenever a config comes into force. */
export async function recordAccess(runtimeDirectory: string, version: string, policy: Policy): Promise<void> {
  const { reach } = await import("@clawd/policy/analysis");
  write(runtimeDirectory, { version, policy: policy.hash, reach: reach(policy) });
}

function write(runtimeDirectory: string, record: AccessRecord): void {
  writeFileAtomic(fileOf(runtimeDirectory), `${JSON.stringify(record)}\n`);
}

/** Undefined when there is none, or none that is understood: then there is nothing to compare with. */
function read(runtimeDirectory: string): AccessRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(fileOf(runtimeDirectory), "utf8")) as AccessRecord;
    const isSound = typeof record.version === "string" && Array.isArray(record.reach);
    return isSound ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the old entries together gave all of this: to the same people, in the same chats, by the same names. */
function isCovered(entry: Reach, known: readonly Reach[]): boolean {
  const alike = known.filter(
    (old) => frame(old) === frame(entry) && (entry.needsApproval || !old.needsApproval),
  );
  return entry.chats.every((chat) =>
    entry.by.every((name) => {
      const there = alike.filter(
        (old) =>
          old.by.includes(name) && old.chats.some((one) => JSON.stringify(one) === JSON.stringify(chat)),
      );
      return includes(
        there.map(({ senders }) => senders),
        entry.senders,
      );
    }),
  );
}

const frame = ({ capability, agent, through, place, workspaceAccess, when, senders }: Reach) =>
  JSON.stringify([capability, agent, through, place, workspaceAccess, when, senders.network]);

function includes(known: readonly Senders[], { kind, ids }: Senders): boolean {
  const isKnown = (id: string) => known.some((one) => (one.kind === "only") === one.ids.includes(id));
  if (kind === "only") return ids.every(isKnown);
  // Whoever is in none of the lists is known only through a list that leaves out some.
  const open = known.filter((one) => one.kind === "all-but");
  return open.length > 0 && open[0]!.ids.every((id) => ids.includes(id) || isKnown(id));
}
