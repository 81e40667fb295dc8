/** Who is approved now, and as what: the question of every message, answered by one `stat` while nothing changed. */
import { type Clock, ClawdError, type Logger } from "@clawd/kernel";
import { heldBy, type Holders } from "./approvals.ts";
import { type Grant, isInForce, isUnderstood } from "./grant.ts";
import type { Senders } from "./sender.ts";
import type { PairingStore } from "./store.ts";

/** Somebody who is approved, and as what. */
export interface Approval extends Grant {
  /** Canonical. */
  readonly id: string;
}

/** An approval ends by the clock alone: at its last millisecond nothing is written and nobody is told. */
export interface Admission {
  /** Who is approved now, in the order of the file. */
  approved(): readonly Approval[];
  /** Whether the sender is approved now. False also where what they hold is not understood. */
  isApproved(id: string): boolean;
  /**
   * What the sender holds now; undefined when they are not approved, or not any more.
   * @throws CLAWD_PAIRING_CORRUPT where an entry of theirs is not understood. They are not approved then; but as what they
   * were is unknown, and a profile may have narrowed them elsewhere too.
   */
  grantOf(id: string): Grant | undefined;
}

export function openAdmission(
  store: PairingStore,
  senders: Senders,
  clock: Pick<Clock, "now">,
  logger: Logger,
): Admission {
  // Everywhere the clock is asked last: what the file says is judged by a time that is not before it.
  const report = unclearReporter(logger, clock);
  const holders = () => report(senders.holders(store.approvals()));
  return {
    approved() {
      const all = [...holders()];
      const now = clock.now();
      return all.flatMap(([id, grant]) =>
        grant !== null && isInForce(grant, now) ? [{ id, ...grant }] : [],
      );
    },
    isApproved(id) {
      const sender = senders.check(id);
      return sender.ok && heldBy(holders(), sender.id, clock.now()) !== undefined;
    },
    grantOf(id) {
      const sender = senders.check(id);
      const grant = sender.ok ? holders().get(sender.id) : undefined;
      const now = clock.now();
      if (grant === undefined) return undefined;
      if (!isUnderstood(grant, now)) throw notUnderstood();
      return isInForce(grant, now) ? grant : undefined;
    },
  };
}

function notUnderstood(): ClawdError {
  return new ClawdError("CLAWD_PAIRING_CORRUPT", "An approval is not understood, and counts for nobody.", {
    hint: "Mend its entry under `grants` of the allowFrom file, or approve the sender anew.",
  });
}

/** Says once for each change of the file that somebody is kept out by what it says of them. */
function unclearReporter(logger: Logger, clock: Pick<Clock, "now">): (holders: Holders) => Holders {
  let last: Holders | undefined;
  return (holders) => {
    if (holders === last) return holders;
    last = holders;
    const now = clock.now();
    const count = [...holders.values()].filter((grant) => !isUnderstood(grant, now)).length;
    if (count > 0) logger.warn("approvals that are not understood count for nobody", { count });
    return holders;
  };
}
