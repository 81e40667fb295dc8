/**
 * The config that is in force, and the one that waits because it would give somebody more than they have. Nothing widens
 * access but an owner's word for exactly that difference (config-in-force.test.ts).
 */
import type { Policy } from "@clawd/policy";
import type { OwnersWord } from "../commands/command.ts";
import { configDifference, type SettingDifference } from "./config-difference.ts";

/** A config as the application loads it. */
export interface ConfigRead {
  /** Whether there is a file. */
  readonly found: boolean;
}

/** A config on disk that is not in force. */
export interface HeldConfig {
  /** Of the difference between what is in force and what waits: another difference has another one. */
  readonly hash: string;
  /** The part of it that is enough to accept it: what a person types. */
  readonly shortHash: string;
  /** The difference in words, widenings first. */
  readonly lines: readonly string[];
}

export type Offer =
  | { readonly state: "in-force"; readonly policy: string }
  | ({ readonly state: "held" } & HeldConfig);

export interface ConfigInForce<Loaded extends ConfigRead> {
  current(): Loaded;
  policy(): Policy;
  held(): HeldConfig | null;
  /** Takes the config over where it widens nothing, and keeps it waiting where it does. @throws what `apply` throws */
  offer(loaded: Loaded): Promise<Offer>;
  /** An owner's word for the difference with this hash, or its first eight digits or more. Null: nothing waits under it. */
  acknowledge(hash: string): Promise<Offer | null>;
  /** An owner's word against it: it waits no more until it is offered again. False: nothing waits under the hash. */
  dismiss(hash: string): Promise<boolean>;
}

export interface ConfigInForcePorts<Loaded extends ConfigRead> {
  readonly initial: Loaded;
  readonly compile: (loaded: Loaded) => Policy;
  /** Every setting beside the policy's that gives more or less, or cannot be compared. */
  readonly settings: (before: Loaded, after: Loaded) => readonly SettingDifference[];
  /**
   * Makes the config the one that everything else works with. Calls `takeOver` once nothing can fail any more and before
   * it waits for anything slow: that moment the policy is in force. What it throws before leaves the old one.
   */
  readonly apply: (loaded: Loaded, policy: Policy, takeOver: () => void) => Promise<void>;
  /** Hears of every difference that begins to wait, once. */
  readonly onHeld: (held: HeldConfig) => void;
}

export function createConfigInForce<Loaded extends ConfigRead>(
  ports: ConfigInForcePorts<Loaded>,
): ConfigInForce<Loaded> {
  let current = ports.initial;
  let policy = ports.compile(ports.initial);
  let waiting: (HeldConfig & { readonly loaded: Loaded; readonly policy: Policy }) | null = null;
  let last: Promise<unknown> = Promise.resolve();

  /** One at a time: a difference is always one to what is in force. */
  function inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const result = last.then(work, work);
    last = result.catch(() => {});
    return result;
  }

  /** What waits under the hash. */
  const meant = (hash: string) =>
    waiting !== null && hash.length >= shortest && bare(waiting.hash).startsWith(bare(hash)) ? waiting : null;

  async function take(loaded: Loaded, next: Policy): Promise<Offer> {
    await ports.apply(loaded, next, () => {
      current = loaded;
      policy = next;
      waiting = null;
    });
    return { state: "in-force", policy: next.hash };
  }

  return {
    current: () => current,
    policy: () => policy,
    held: () => waiting && { hash: waiting.hash, shortHash: waiting.shortHash, lines: waiting.lines },
    offer: (loaded) =>
      inTurn(async () => {
        const next = ports.compile(loaded);
        // The first config is the set-up itself: until then nobody was connected to anything.
        if (!current.found) return take(loaded, next);
        const { hash, lines, widens } = await configDifference(policy, next, ports.settings(current, loaded));
        if (!widens) return take(loaded, next);
        const held = { hash, shortHash: bare(hash).slice(0, shortest), lines };
        const isNew = waiting?.hash !== held.hash;
        waiting = { ...held, loaded, policy: next };
        if (isNew) ports.onHeld(held);
        return { state: "held", ...held };
      }),
    acknowledge: (hash) =>
      inTurn(async () => {
        const accepted = meant(hash);
        return accepted && take(accepted.loaded, accepted.policy);
      }),
    dismiss: (hash) =>
      inTurn(() => {
        const isMeant = meant(hash) !== null;
        if (isMeant) waiting = null;
        return Promise.resolve(isMeant);
      }),
  };
}

/** Does what an owner says about the config that waits, and gives what they hear; null when none waits under the hash. */
export async function hearAboutConfig(
  inForce: Pick<ConfigInForce<ConfigRead>, "acknowledge" | "dismiss">,
  { verdict, hash }: Pick<OwnersWord, "verdict" | "hash">,
): Promise<string | null> {
  if (verdict === "approve") return (await inForce.acknowledge(hash)) && "Accepted. The config is in force.";
  return (await inForce.dismiss(hash)) ? "Dismissed. What was in force stays in force." : null;
}

const shortest = 8;

/** Without `sha256:`. */
const bare = (hash: string): string => hash.replace(/^sha256:/, "").toLowerCase();
