/** Pairing for one account of one provider: a stranger asks, the owner answers. Everything here may be called by several processes. */
import { type Clock, ClawdError, type Logger, silentLogger } from "@clawd/kernel";
import { type Admission, openAdmission } from "./admission.ts";
import { ask, type Asked } from "./ask.ts";
import { cryptoRandomInt, newCode, type RandomInt } from "./code.ts";
import { delivered, undeliverable } from "./delivery.ts";
import { checkGrant, type GrantOptions } from "./grant.ts";
import { minute } from "./life.ts";
import { cleanMeta } from "./meta.ts";
import { type PairingNetwork, type Senders, sendersOf } from "./sender.ts";
import type { Change, PairingRequest, PairingState, PairingStore, WaitingSender } from "./store.ts";
import { tidy } from "./tidy.ts";
import { approve, type Approved, approveId, type Approving, deny, revoke, type Verdict } from "./verdict.ts";

export interface PairingOptions {
  readonly store: PairingStore;
  readonly clock: Pick<Clock, "now">;
  readonly network: PairingNetwork;
  /** Absent means that of node:crypto. */
  readonly randomInt?: RandomInt;
  /** Absent means silence. Neither codes nor ids are logged. */
  readonly logger?: Logger;
}

/**
 * Every method may throw CLAWD_PAIRING_CORRUPT (a file cannot be trusted; nothing was changed), those that change
 * something also CLAWD_PAIRING_BUSY and CLAWD_FILE_WRITE. A caller that catches must treat the sender as not approved.
 */
export interface Pairing extends Admission {
  /** Call it for a direct message of a sender who is not approved, under the policy `pairing`. */
  ask(sender: {
    readonly id: string;
    readonly meta?: Readonly<Record<string, string | null | undefined>>;
  }): Asked;
  /** The message with the code has arrived, or is in the hands of something that will not lose it. */
  delivered(id: string): void;
  /** The message did not arrive. The next `ask` of this sender hands it out again, three times in all. */
  undeliverable(id: string): void;
  /** Pending requests, oldest first. */
  list(): readonly PairingRequest[];
  /** Senders turned away because all slots were taken, the newest first; they can be approved by id. */
  waiting(): readonly WaitingSender[];
  /**
   * Undefined when no live request has this code.
   * @throws CLAWD_PAIRING_LOCKED after ten wrong codes, for five minutes; CLAWD_PAIRING_GRANT
   */
  approve(code: string, grant?: GrantOptions): Approved | undefined;
  /**
   * Admits a sender whose id the owner knows, whether they asked or not; what they held before gives way, profile and end
   * too. @throws CLAWD_PAIRING_ID, CLAWD_PAIRING_GRANT
   */
  approveId(id: string, grant?: GrantOptions): Approved;
  /** Undefined when no live request has this code. @throws CLAWD_PAIRING_LOCKED */
  deny(code: string): Verdict | undefined;
  /** False when the sender was not approved. */
  revoke(id: string): boolean;
}

export function openPairing(options: PairingOptions): Pairing {
  const { store, clock, network, randomInt = cryptoRandomInt, logger = silentLogger } = options;
  const senders = sendersOf(network);
  const commit = committer(store);
  const report = askReporter(logger, clock);
  const current = () => tidy(store.read(), clock.now(), senders);
  const tidily =
    <Result>(step: (state: PairingState, now: number) => ReturnType<Change<Result>>): Change<Result> =>
    (state) => {
      const now = clock.now();
      return step(tidy(state, now, senders), now);
    };
  /** One change takes out what is over, another adds: a change that did both would have no safe order of its writes. */
  const admitting = <Result>(
    options: GrantOptions,
    step: (state: PairingState, asked: Approving) => ReturnType<Change<Result>>,
  ): Result => {
    for (;;) {
      const done = commit<{ readonly result: Result } | undefined>((state) => {
        const now = clock.now();
        const grant = checkGrant(options, now);
        const tidied = tidy(state, now, senders);
        if (tidied.approvals !== state.approvals) return { state: tidied, result: undefined };
        const after = step(tidied, { grant, now, senders });
        return { state: after.state, result: { result: after.result } };
      });
      if (done !== undefined) return done.result;
    }
  };
  /** For messages under way: their sender's id went through `ask`, and another form of it names nobody. */
  const settle = (change: typeof delivered, id: string) => {
    const sender = senders.check(id);
    if (sender.ok) {
      commit((state) => ({ state: change(state, sender.id, clock.now()), result: undefined }));
    }
  };

  return {
    ask({ id, meta = {} }) {
      const sender = senders.check(id);
      if (!sender.ok) return { outcome: "refused" };
      const asking = { id: sender.id, meta: cleanMeta(meta) };
      // The change may run twice; it must not draw twice.
      let drawn: string | undefined;
      const codeBeside = (taken: ReadonlySet<string>) => {
        if (drawn === undefined || taken.has(drawn)) drawn = newCode(randomInt, taken);
        return drawn;
      };
      const asked = commit((state) => ask(state, asking, { now: clock.now(), senders, newCode: codeBeside }));
      report(asked);
      return asked;
    },
    delivered: (id) => settle(delivered, id),
    undeliverable: (id) => settle(undeliverable, id),
    list: () => [...current().requests].sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt)),
    waiting: () => [...current().notes.waiting].reverse(),
    approve: (code, grant = {}) => admitting(grant, (state, asked) => approve(state, code, asked)),
    approveId(id, grant = {}) {
      const canonical = ownersId(senders, id);
      return admitting(grant, (state, asked) => approveId(state, canonical, asked));
    },
    deny: (code) => commit(tidily((state, now) => deny(state, code, now))),
    revoke: (id) => commit(tidily((state) => revoke(state, id, senders))),
    ...openAdmission(store, senders, clock, logger),
  };
}

/** A change that changes nothing, such as the tenth message of one stranger, needs no lock and no write. */
function committer(store: PairingStore): PairingStore["update"] {
  return (change) => {
    const state = store.read();
    const preview = change(state);
    return preview.state === state ? preview.result : store.update(change);
  };
}

function ownersId(senders: Senders, id: string): string {
  const sender = senders.check(id);
  if (sender.ok) return sender.id;
  throw new ClawdError("CLAWD_PAIRING_ID", "This is not an id that can be approved.", { hint: sender.hint });
}

/** A flood must show, but not fill the log. */
function askReporter(logger: Logger, clock: Pick<Clock, "now">): (asked: Asked) => void {
  let warnedAt = -Infinity;
  return ({ outcome }) => {
    if (outcome === "created") logger.info("pairing request created");
    if (outcome === "undelivered") logger.info("pairing code handed out again");
    if (outcome === "full" && Math.abs(clock.now() - warnedAt) >= minute) {
      warnedAt = clock.now();
      logger.warn("strangers are turned away: every pairing slot is taken");
    }
  };
}
