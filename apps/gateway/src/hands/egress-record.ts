/**
 * Ways out that were refused, in the audit record: who asked (agent and scope, or the tool), which host and port, why. The first of
 * each is a record at once; a flood of the same is a number at the end of its minute. INVARIANT: no flood takes more memory than
 * `mostKinds` counters, and every refusal is in a record or a number (egress-record.test.ts).
 */
import { type Clock, type Logger, messageOf } from "@clawd/kernel";
import type { Audit, AuditEntry } from "@clawd/store";

/** What asked: a container's programs, a browser, or a tool of the gateway's. */
export interface EgressAsker {
  readonly agent: string | null;
  /** The scope key of the container; null where there is none. */
  readonly scope: string | null;
  readonly via: "sandbox" | "browser" | "web_fetch";
}

export interface EgressRefusal {
  /** In canonical form; empty where none could be read. */
  readonly host: string;
  readonly port: number;
  readonly reason: string;
}

export interface EgressRecord {
  refused(asker: EgressAsker, refusal: EgressRefusal): void;
  /** Writes what was counted. Idempotent. */
  close(): void;
}

export const windowMilliseconds = 60_000;
/** Hosts, ports and reasons that are told apart of one asker within a minute; the others are one number. */
export const mostKindsOfAsker = 50;
/** Of all askers together. */
export const mostKinds = 1000;

interface Kind {
  readonly entry: AuditEntry;
  readonly asker: string;
  readonly since: number;
  /** How many came after the first, which is a record already. */
  counted: number;
}

export function createEgressRecord({
  audit,
  clock,
  logger,
}: {
  readonly audit: Pick<Audit, "append">;
  readonly clock: Clock;
  readonly logger: Logger;
}): EgressRecord {
  const kinds = new Map<string, Kind>();
  const stopping = new AbortController();
  let isWaiting = false;

  function refused(asker: EgressAsker, refusal: EgressRefusal): void {
    settle(clock.now() - windowMilliseconds);
    const by = JSON.stringify(asker);
    const known = kinds.get(by + JSON.stringify(refusal)) ?? others(asker, by, refusal);
    if (known !== undefined) {
      known.counted++;
      return;
    }
    open(by + JSON.stringify(refusal), by, entryOf(asker, refusal), 0);
  }

  /** The one that counts for whatever does not fit; undefined while there is room. */
  function others(asker: EgressAsker, by: string, refusal: EgressRefusal): Kind | undefined {
    let own = 0;
    for (const kind of kinds.values()) if (kind.asker === by) own++;
    if (own < mostKindsOfAsker && kinds.size < mostKinds) return undefined;
    const rest = own === 0 ? { ...asker, agent: null, scope: null } : asker;
    const key = JSON.stringify([rest, "others"]);
    const known = kinds.get(key);
    if (known !== undefined) return known;
    const kind = { entry: entryOf(rest, { ...refusal, host: "", port: 0, reason: "others" }), asker: key };
    const made: Kind = { ...kind, since: clock.now(), counted: 0 };
    kinds.set(key, made);
    wait();
    return made;
  }

  function open(key: string, asker: string, entry: AuditEntry, counted: number): void {
    kinds.set(key, { entry, asker, since: clock.now(), counted: append(entry) ? counted : counted + 1 });
    wait();
  }

  function append(entry: AuditEntry): boolean {
    try {
      audit.append(entry);
      return true;
    } catch (fault) {
      logger.error("a refused way out is not in the record yet", { reason: messageOf(fault) });
      return false;
    }
  }

  /** What began by then is over. What cannot be written now stays, and is tried again. */
  function settle(until: number): void {
    for (const [key, { entry, since, counted }] of kinds) {
      // In the order they came.
      if (since > until) return;
      if (counted === 0 || append(summaryOf(entry, since, counted))) kinds.delete(key);
    }
  }

  function wait(): void {
    if (isWaiting || stopping.signal.aborted) return;
    isWaiting = true;
    clock
      .sleep(windowMilliseconds, stopping.signal)
      .then(() => {
        isWaiting = false;
        settle(clock.now() - windowMilliseconds);
        if (kinds.size > 0) wait();
      })
      .catch(() => undefined);
  }

  return {
    refused,
    close() {
      stopping.abort();
      settle(Number.POSITIVE_INFINITY);
    },
  };
}

function entryOf({ agent, scope, via }: EgressAsker, { host, port, reason }: EgressRefusal): AuditEntry {
  return {
    kind: "egress-refused",
    agent,
    effect: "deny",
    code: reason,
    detail: { scope, via, host, port },
  };
}

function summaryOf(entry: AuditEntry, since: number, counted: number): AuditEntry {
  const detail = entry.detail as Readonly<Record<string, string | number | null>>;
  return { ...entry, detail: { ...detail, repeated: counted, since, until: since + windowMilliseconds } };
}
