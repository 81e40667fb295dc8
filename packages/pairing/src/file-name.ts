/** Names of the files of one account. INVARIANT: two accounts never share a file ("no two accounts share a file name"). */
import { join } from "node:path";
import { ClawdError } from "@clawd/kernel";

export interface PairingFiles {
  readonly requests: string;
  readonly allowFrom: string;
  readonly notes: string;
  readonly lock: string;
}

// Lower case alone, since some file systems take two cases for one; a hyphen never first or last, see below.
const namePattern = /^[a-z0-9_](?:[a-z0-9_-]{0,62}[a-z0-9_])?$/;

/** @throws CLAWD_PAIRING_NAME when a name could leave the directory or meet another name. */
export function pairingFiles(directory: string, provider: string, account = "default"): PairingFiles {
  for (const name of [provider, account]) if (!namePattern.test(name)) throw nameError();
  // A hyphen parts provider and account, so one inside the provider is doubled: `a-b` is not account `b` of `a`.
  const stem = provider.replaceAll("-", "--");
  const base = join(directory, account === "default" ? stem : `${stem}-${account}`);
  return {
    requests: `${base}-pairing.json`,
    allowFrom: `${base}-allowFrom.json`,
    // A dot stands in no account's name, so these two meet no other account's files.
    notes: `${base}-pairing.notes.json`,
    lock: `${base}-pairing.lock`,
  };
}

function nameError(): ClawdError {
  return new ClawdError(
    "CLAWD_PAIRING_NAME",
    "A provider or account has a name that cannot be a file name.",
    {
      hint: "Use 1 to 64 of a-z, 0-9, _ and, inside the name, -.",
    },
  );
}
