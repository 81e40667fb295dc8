/** What goes wrong, and when it ends. */
import type { Emulator } from "../emulator.ts";
import type { PlannedDelay, PlannedFailure } from "../faults.ts";
import { realLimits, type RateLimits } from "../limits.ts";

export interface Outage {
  /** The next calls fail as said; several plans for one method are met in order. */
  failNext(failure: PlannedFailure): void;
  /** `reset` (default): every connection is cut, open ones too; `error`: every call is answered 502. Control goes on. */
  down(how?: { readonly mode?: "reset" | "error" }): void;
  up(): void;
  /** Every call of the method (absent: all) is answered that much later; 0 ends it. */
  delay(delay: PlannedDelay): void;
  /** The token stops working, as after /revoke at BotFather. */
  revokeToken(): void;
  restoreToken(): void;
  /** `real`: like Telegram's own; null: none. */
  setLimits(limits: RateLimits | "real" | null): void;
  /** Ends planned failures, delays and outages. */
  clearFaults(): void;
}

export interface OutageSwitches {
  tokenRevoked: boolean;
  /** Cuts every open request of the bot. */
  cutConnections(): void;
}

export function createOutage(emulator: Emulator, switches: OutageSwitches): Outage {
  const { faults, limiter } = emulator;
  return {
    failNext: (failure) => faults.plan(failure),
    down(how = {}) {
      faults.outage = how.mode ?? "reset";
      if (faults.outage === "reset") switches.cutConnections();
    },
    up() {
      faults.outage = "none";
    },
    delay(delay) {
      const others = faults.delays.filter(({ method }) => method !== delay.method);
      faults.delays = delay.milliseconds > 0 ? [...others, delay] : others;
    },
    revokeToken() {
      switches.tokenRevoked = true;
    },
    restoreToken() {
      switches.tokenRevoked = false;
    },
    setLimits(limits) {
      limiter.limits = limits === "real" ? realLimits : (limits ?? undefined);
    },
    clearFaults: () => faults.clear(),
  };
}
