/** The store in the documented files, for several processes at once. Light to import: reading loads no database. */
import { cachedFile } from "./cached-file.ts";
import { type Disk, realDisk } from "./disk.ts";
import { approvalsFormat, notesFormat, requestsFormat } from "./document.ts";
import { pairingFiles } from "./file-name.ts";
import type { PairingState, PairingStore } from "./store.ts";

export interface FilePairingStoreOptions {
  /** `~/.clawdbot/credentials`; made at the first change. */
  readonly directory: string;
  readonly provider: string;
  /** Absent means `default`, whose files carry no account. */
  readonly account?: string;
  /** Absent means the real one. For tests. */
  readonly disk?: Disk;
}

/** @throws CLAWD_PAIRING_NAME for a provider or account that cannot be a file name. */
export function filePairingStore(options: FilePairingStoreOptions): PairingStore {
  const { directory, provider, account, disk = realDisk } = options;
  const paths = pairingFiles(directory, provider, account);
  const files = {
    requests: cachedFile(disk, paths.requests, requestsFormat),
    approvals: cachedFile(disk, paths.allowFrom, approvalsFormat),
    notes: cachedFile(disk, paths.notes, notesFormat),
  };

  // An approval writes `approvals` before `requests`. Reading the other way round, nobody is missed in both.
  const state = (how: "look" | "read"): PairingState => {
    const requests = files.requests[how]();
    const notes = files.notes[how]();
    return { requests, notes, approvals: files.approvals[how]() };
  };

  // Allowed by one owner's word and revoked by the next in between the looks, a sender would seem to be pending still.
  const isStill = (seen: PairingState): boolean =>
    files.requests.look() === seen.requests && files.notes.look() === seen.notes;

  return {
    read() {
      const seen = state("look");
      return isStill(seen) ? seen : disk.exclusively(paths.lock, () => state("read"));
    },
    approvals: () => files.approvals.look(),
    update: (change) =>
      disk.exclusively(paths.lock, () => {
        const before = state("read");
        const { state: after, result } = change(before);
        for (const part of writeOrder(before, after)) {
          if (part === "requests") files.requests.write(after.requests);
          else if (part === "approvals") files.approvals.write(after.approvals);
          else files.notes.write(after.notes);
        }
        return result;
      }),
  };
}

/** INVARIANT: cut anywhere, no approval is lost and no revoked one comes back ("cut at any write …"). */
function writeOrder(before: PairingState, after: PairingState): readonly (keyof PairingState)[] {
  const loses = after.approvals.allowFrom.length < before.approvals.allowFrom.length;
  const order = loses
    ? (["notes", "requests", "approvals"] as const)
    : (["notes", "approvals", "requests"] as const);
  return order.filter((part) => after[part] !== before[part]);
}
