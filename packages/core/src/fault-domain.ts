/**
 * Stray faults (an error thrown in a timer of a library, a rejection nobody awaits) belong to whoever's work they come from:
 * a provider's restart that provider, and nobody else notices. INVARIANT: one provider's crash never takes down another
 * (fault-domain.test.ts).
 */
import { AsyncLocalStorage } from "node:async_hooks";

export interface FaultDomain {
  /** Called with each stray fault of the work that `run` began. */
  readonly onFault: (fault: unknown) => void;
}

const domains = new AsyncLocalStorage<FaultDomain>();

/** Runs the work, and all that it begins, in the domain. */
export function runInDomain<T>(domain: FaultDomain, work: () => T): T {
  return domains.run(domain, work);
}

/**
 * Sends the process's stray faults to their domains; those of none go to `onOrphan`. Returns the way back.
 */
export function catchStrayFaults(onOrphan: (fault: unknown) => void): () => void {
  const handle = (fault: unknown) => {
    const domain = domains.getStore();
    if (domain === undefined) onOrphan(fault);
    else domain.onFault(fault);
  };
  process.on("uncaughtException", handle);
  process.on("unhandledRejection", handle);
  return () => {
    process.off("uncaughtException", handle);
    process.off("unhandledRejection", handle);
  };
}
