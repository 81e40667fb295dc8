/** Failures on order: errors before or after the effect, cut sockets, delays, outages. */

export interface PlannedFailure {
  /** Only calls of this method or one of these, `file` being a download; absent: of any. */
  readonly method?: string | readonly string[];
  /** HTTP status of the answer; absent with `cutSocket`. */
  readonly status?: number;
  readonly description?: string;
  /** Seconds; sent as `parameters.retry_after`. */
  readonly retryAfter?: number;
  /** How many calls fail; absent means 1. */
  readonly times?: number;
  /** `after`: the call takes effect and only its answer is lost. Absent means `before`. */
  readonly when?: "before" | "after";
  /** No answer: the connection is reset. */
  readonly cutSocket?: boolean;
  /** No answer and no reset: the connection stays open until the bot gives up. Of a download: after half of it, as `cutSocket`. */
  readonly hang?: boolean;
  /** Of a download: it is answered 302 with this address. */
  readonly location?: string;
  /** Of `getFile`: it answers this path, whatever the file's own is. */
  readonly filePath?: string;
}

export interface PlannedDelay {
  readonly method?: string;
  readonly milliseconds: number;
}

export interface Faults {
  /** `reset`: connections are cut as they come; `error`: every call is answered 502. */
  outage: "none" | "reset" | "error";
  delays: readonly PlannedDelay[];
  plan(failure: PlannedFailure): void;
  /** The failure that this call meets; it is used up. */
  take(method: string): PlannedFailure | undefined;
  clear(): void;
}

export function createFaults(): Faults {
  let planned: { readonly failure: PlannedFailure; left: number }[] = [];
  return {
    outage: "none",
    delays: [],
    plan(failure) {
      const { status, cutSocket, hang, location, filePath } = failure;
      if (status === undefined && !cutSocket && !hang && location === undefined && filePath === undefined) {
        throw new Error("failNext needs a status, cutSocket, hang, location or filePath");
      }
      planned.push({ failure, left: failure.times ?? 1 });
    },
    take(method) {
      const met = planned.find(({ failure }) => isMeant(failure, method));
      if (met === undefined) return undefined;
      met.left -= 1;
      if (met.left <= 0) planned = planned.filter((other) => other !== met);
      return met.failure;
    },
    clear() {
      planned = [];
      this.outage = "none";
      this.delays = [];
    },
  };
}

function isMeant({ method: meant }: PlannedFailure, method: string): boolean {
  return meant === undefined || (typeof meant === "string" ? [meant] : meant).includes(method);
}
