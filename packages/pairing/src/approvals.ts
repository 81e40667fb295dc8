/** Who is approved and as what: the two lists of an allow file read as one, and changed as one. Pure. */
import { ClawdError } from "@clawd/kernel";
import { type Grant, isInForce, isOver, readGrant, writeGrant, plainGrant } from "./grant.ts";
import type { Approvals } from "./store.ts";

/** The id that an entry of the file stands for; undefined where it stands for nobody. */
export type NameOf = (entry: string) => string | undefined;

/** By canonical id, in the order of the file. Null: somebody wrote a grant that is not understood, so nobody knows what it gives. */
export type Holders = ReadonlyMap<string, Grant | null>;

/**
 * An id that only `grants` names holds nothing: taking somebody out of `allowFrom` takes them out.
 * @throws CLAWD_PAIRING_CORRUPT when a grant is for nobody: whoever it was to bind would be free of it.
 */
export function holdersOf({ allowFrom, grants }: Approvals, nameOf: NameOf): Holders {
  const granted = new Map<string, Grant | null>();
  for (const [entry, value] of Object.entries(grants)) {
    const id = nameOf(entry);
    if (id === undefined) throw forNobody();
    // Two entries for one person contradict each other, even where they agree today.
    granted.set(id, granted.has(id) ? null : readGrant(value));
  }
  const holders = new Map<string, Grant | null>();
  for (const entry of allowFrom) {
    const id = nameOf(entry);
    if (id !== undefined) holders.set(id, granted.has(id) ? granted.get(id)! : plainGrant);
  }
  return holders;
}

function forNobody(): ClawdError {
  return new ClawdError(
    "CLAWD_PAIRING_CORRUPT",
    "An approval's profile or end is for something that is no id.",
    {
      hint: "Nothing was changed. Mend or remove that entry under `grants` of the allowFrom file.",
    },
  );
}

/** What the id holds now; undefined when that is nothing, or not understood. */
export function heldBy(holders: Holders, id: string, now: number): Grant | undefined {
  const grant = holders.get(id);
  return grant && isInForce(grant, now) ? grant : undefined;
}

/** What is not over, or cannot be understood; the same object when that is everything. */
export function withoutOver(approvals: Approvals, holders: Holders, nameOf: NameOf, now: number): Approvals {
  const over = new Set<string>();
  for (const [id, grant] of holders) if (grant !== null && isOver(grant, now)) over.add(id);
  return over.size === 0 ? approvals : without(approvals, (entry) => over.has(nameOf(entry) ?? ""));
}

/** The same object when nothing names the id. */
export function without(approvals: Approvals, names: (entry: string) => boolean): Approvals {
  const { allowFrom, grants } = approvals;
  if (!allowFrom.some(names) && !Object.keys(grants).some(names)) return approvals;
  const others = Object.entries(grants).filter(([entry]) => !names(entry));
  return { allowFrom: allowFrom.filter((entry) => !names(entry)), grants: Object.fromEntries(others) };
}

/** The grant takes the place of every other of this id. An entry of `allowFrom` in whatever spelling stays where it is. */
export function withApproval(approvals: Approvals, id: string, grant: Grant, nameOf: NameOf): Approvals {
  const names = (entry: string) => nameOf(entry) === id;
  const others = Object.entries(approvals.grants).filter(([entry]) => !names(entry));
  const written = writeGrant(grant);
  return {
    allowFrom: approvals.allowFrom.some(names) ? approvals.allowFrom : [...approvals.allowFrom, id],
    // fromEntries defines properties, so an id `__proto__` is an id like any other.
    grants: Object.fromEntries(written === undefined ? others : [...others, [id, written]]),
  };
}
