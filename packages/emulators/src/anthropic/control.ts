/** Scripts the model's answers and shows what it was asked. */
import type { Answer } from "./answer.ts";
import type { PromptCache } from "./usage.ts";

/** One request of `/v1/messages`. */
export interface LoggedRequest {
  readonly requestId: string;
  /** The `anthropic-version` header. */
  readonly version: string;
  readonly body: unknown;
  /** `open`: being answered; `answered`: to its end; `dropped`: a side hung up first. */
  readonly state: "open" | "answered" | "dropped";
}

export interface AnthropicControl {
  readonly requests: readonly LoggedRequest[];
  /** The next answers, in order, before `respond` and the default are asked. */
  script(...answers: Answer[]): void;
  listRequests(): readonly LoggedRequest[];
  /** Resolves when there have been this many requests in a state (absent: any). @throws Error when the time is over. */
  waitForRequests(
    wanted: { readonly count: number; readonly state?: LoggedRequest["state"] },
    timeoutMs?: number,
  ): Promise<readonly LoggedRequest[]>;
  /** Every request is answered 401 until `restoreKey`. */
  revokeKey(): void;
  restoreKey(): void;
  /** Every connection is cut until `up`. */
  down(): void;
  up(): void;
  clearCache(): void;
}

/** What the server asks of the control. */
export interface Script {
  readonly keyRevoked: boolean;
  readonly outage: boolean;
  next(): Answer | undefined;
  open(request: Omit<LoggedRequest, "state">): { close(finished: boolean): void };
}

const defaultTimeoutMs = 10_000;

export function createControl(cache: PromptCache): { control: AnthropicControl; script: Script } {
  const answers: Answer[] = [];
  const requests: LoggedRequest[] = [];
  const listeners = new Set<() => void>();
  const notify = () => listeners.forEach((listener) => listener());
  const state = { keyRevoked: false, outage: false };
  const control: AnthropicControl = {
    requests,
    script: (...more) => void answers.push(...more),
    listRequests: () => requests,
    waitForRequests: ({ count, state: wanted }, timeoutMs = defaultTimeoutMs) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = requests.filter((request) => wanted === undefined || request.state === wanted);
          if (found.length >= count) finish(() => resolve(found));
        };
        const finish = (settle: () => void) => {
          clearTimeout(timer);
          listeners.delete(look);
          settle();
        };
        const late = () => new Error(`only ${requests.length} requests came within ${timeoutMs} ms`);
        const timer = setTimeout(() => finish(() => reject(late())), timeoutMs);
        listeners.add(look);
        look();
      }),
    revokeKey: () => void (state.keyRevoked = true),
    restoreKey: () => void (state.keyRevoked = false),
    down: () => void (state.outage = true),
    up: () => void (state.outage = false),
    clearCache: () => cache.clear(),
  };
  const script: Script = {
    get keyRevoked() {
      return state.keyRevoked;
    },
    get outage() {
      return state.outage;
    },
    next: () => answers.shift(),
    open(request) {
      const index = requests.push({ ...request, state: "open" }) - 1;
      notify();
      return {
        close(finished) {
          requests[index] = { ...request, state: finished ? "answered" : "dropped" };
          notify();
        },
      };
    },
  };
  return { control, script };
}
