/**
 * Calls that wait for an owner. INVARIANT: a call runs only after a word that an owner said in a chat of their own, about this
 * very call, once, before its time was over (approvals.test.ts). All of it is in memory: a restart approves nothing.
 */
import { createHash } from "node:crypto";
import type { Clock } from "@clawd/kernel";
import type { InboundEvent } from "@clawd/provider-kit";
import type { Audit } from "@clawd/store";
import { digestOf, shownTo } from "./approval-call.ts";
import type { OwnersWord } from "../commands/command.ts";
import { whoAndWhere } from "./run-record.ts";
import type { PlacedCall } from "./tool-call.ts";

export type ApprovalOutcome =
  /** `seal`: names the approval in the record of the call. */
  | { readonly outcome: "approved"; readonly seal: string }
  | { readonly outcome: "denied" | "expired" | "unreachable" | "crowded" | "too-long" };

export interface Approvals {
  /** Settles when an owner answered, when its time is over, or when the turn is given up. */
  ask(call: PlacedCall, signal: AbortSignal): Promise<ApprovalOutcome>;
  /** What to say to an owner's word; null when no call waits under its hash. */
  hear(word: OwnersWord): string | null;
  /** One of the messages of this notice cannot be delivered. */
  undeliverable(notice: string): void;
}

export interface ApprovalPorts {
  readonly clock: Clock;
  readonly audit: Pick<Audit, "append">;
  /** Whether this is an owner of the installation, by the policy in force now. */
  readonly isOwner: (event: InboundEvent) => boolean;
  /** Tells every owner in a chat of their own; says how many were told. */
  readonly tellOwners: (notice: OwnersNotice) => number;
}

export interface OwnersNotice {
  /** Another one for each notice. */
  readonly id: string;
  readonly text: string;
  readonly buttons: readonly { readonly label: string; readonly command: string }[];
}

interface Waiting {
  readonly call: PlacedCall;
  readonly hash: string;
  /** Owners who may still read of it. */
  reachable: number;
  settle(outcome: ApprovalOutcome): void;
}

/** Milliseconds that an owner has to answer. */
const patience = 10 * 60_000;
/** Milliseconds that one word can hold for the same call again. */
const longestGrant = 8 * 3_600_000;
const mostWaiting = { all: 20, session: 3 };
/** Hexadecimal digits that people see. */
const shownDigits = 8;

export function createApprovals(ports: ApprovalPorts): Approvals {
  const { clock, audit } = ports;
  const waiting = new Map<string, Waiting>();
  /** Until when the same call again needs no word, by its digest. */
  const grants = new Map<string, { readonly until: number; readonly seal: string }>();
  let count = 0;

  function ask(call: PlacedCall, signal: AbortSignal): Promise<ApprovalOutcome> {
    const digest = digestOf(call);
    const granted = grants.get(digest);
    if (granted !== undefined && granted.until > clock.now())
      return Promise.resolve({ outcome: "approved", seal: granted.seal });
    grants.delete(digest);
    const text = shownTo(call);
    if (text === null) return Promise.resolve({ outcome: "too-long" });
    const here = [...waiting.values()].filter((one) => one.call.session === call.session);
    if (waiting.size >= mostWaiting.all || here.length >= mostWaiting.session)
      return Promise.resolve({ outcome: "crowded" });
    return wait(call, digest, text, signal);
  }

  async function wait(
    call: PlacedCall,
    digest: string,
    text: string,
    signal: AbortSignal,
  ): Promise<ApprovalOutcome> {
    signal.throwIfAborted();
    // Of the call and of this one asking: a word about an earlier one cannot fit.
    const hash = nameOf(digest, `${crypto.randomUUID()}.${++count}`);
    const over = new AbortController();
    const answered = new Promise<ApprovalOutcome>((settle) =>
      waiting.set(hash, { call, hash, settle, reachable: 1 }),
    );
    try {
      const told = ports.tellOwners({ id: hash, text, buttons: buttonsOf(hash) });
      if (told === 0) return record(call, hash, { outcome: "unreachable" });
      waiting.get(hash)!.reachable = told;
      audit.append({ ...recordOf(call, hash), kind: "approval-asked", code: "waits" });
      const late = clock.sleep(patience, over.signal).then((): ApprovalOutcome => ({ outcome: "expired" }));
      const outcome = await Promise.race([answered, late, aborted(signal, over.signal)]);
      return outcome.outcome === "approved" || outcome.outcome === "denied"
        ? outcome
        : record(call, hash, outcome);
    } finally {
      waiting.delete(hash);
      over.abort();
    }
  }

  function record(call: PlacedCall, hash: string, outcome: ApprovalOutcome): ApprovalOutcome {
    audit.append({ ...recordOf(call, hash), kind: "approval-answered", code: outcome.outcome });
    return outcome;
  }

  function hear({ verdict, hash, event, milliseconds = 0 }: OwnersWord): string | null {
    const found = [...waiting.values()].filter((one) => one.hash.startsWith(hash.toLowerCase()));
    const [one] = found;
    if (one === undefined || found.length > 1) return null;
    const refusal = refusalOf(one, event);
    if (refusal !== null) {
      audit.append({
        ...recordOf(one.call, one.hash),
        kind: "approval-refused",
        code: "not-an-approver",
        detail: { by: personOf(event) },
      });
      return refusal;
    }
    // Taken out first: a word counts once.
    waiting.delete(one.hash);
    const seal = one.hash.slice(0, shownDigits);
    const until = clock.now() + Math.min(milliseconds, longestGrant);
    if (verdict === "approve" && milliseconds > 0) grants.set(digestOf(one.call), { until, seal });
    const outcome: ApprovalOutcome =
      verdict === "approve" ? { outcome: "approved", seal } : { outcome: "denied" };
    audit.append({
      ...recordOf(one.call, one.hash),
      kind: "approval-answered",
      code: outcome.outcome,
      detail: { hash: one.hash, by: personOf(event), until: milliseconds > 0 ? until : null },
    });
    one.settle(outcome);
    if (verdict === "deny") return "Refused. It does not run.";
    return milliseconds > 0 ? `Approved, and the same again ${untilText(until)}.` : "Approved, this once.";
  }

  /** An owner, in a chat of their own. Who asked is no judge of it, unless it is an owner, who then answers in their own chat. */
  function refusalOf({ call }: Waiting, event: InboundEvent): string | null {
    if (!ports.isOwner(event)) return "Only an owner can answer this.";
    if (event.chat.kind !== "dm") return "Answer this in your own chat with me, not here.";
    const isAsker = event.provider === call.event.provider && event.sender.id === call.event.sender.id;
    return isAsker && !ports.isOwner(call.event) ? "Who asks cannot answer." : null;
  }

  function undeliverable(notice: string): void {
    const one = waiting.get(notice);
    if (one !== undefined && --one.reachable === 0) one.settle({ outcome: "unreachable" });
  }

  return { ask, hear, undeliverable };
}

const untilText = (until: number): string =>
  `until ${new Date(until).toISOString().slice(0, 16).replace("T", " ")} UTC`;
const nameOf = (digest: string, once: string): string =>
  createHash("sha256").update(`${digest}:${once}`).digest("hex");

function buttonsOf(hash: string) {
  const name = hash.slice(0, shownDigits);
  return [
    { label: "Allow once", command: `/approve ${name}` },
    { label: "Allow for 1 hour", command: `/approve ${name} 1h` },
    { label: "Refuse", command: `/deny ${name}` },
  ];
}

/** @param over no longer of interest */
function aborted(signal: AbortSignal, over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true, signal: over });
  });
}

const personOf = ({ provider, sender }: InboundEvent): string => `${provider}:${sender.id ?? "unknown"}`;

function recordOf(call: PlacedCall, hash: string) {
  return { ...whoAndWhere(call), detail: { hash, tool: call.tool.slice(0, 64) } };
}
