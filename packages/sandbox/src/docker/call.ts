/** One call of the engine. INVARIANT: it ends, also when the engine never answers (docker-silence.test.ts). */
import { ClawdError, type Clock } from "@clawd/kernel";
import { faultOf, unavailable } from "./fault.ts";

export interface CallLimits {
  readonly clock: Clock;
  readonly milliseconds: number;
  /** What is tried, as in "create the container". */
  readonly doing: string;
  /** The caller's: the call ends with CLAWD_ENGINE_ABORTED. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs one request under a limit of time and the caller's signal. The client is not trusted to notice either: the answer is
 * given up whether or not it lets go, and what it brings too late goes to `discard`.
 */
export async function call<Answer>(
  limits: CallLimits,
  run: (signal: AbortSignal) => Promise<Answer>,
  discard?: (late: Answer) => void,
): Promise<Answer> {
  const { clock, milliseconds, doing, signal } = limits;
  if (signal?.aborted === true) throw aborted(doing);
  const request = new AbortController();
  const done = new AbortController();
  let isOver = false;
  const answer = run(request.signal).then(
    (value) => {
      if (isOver) discard?.(value);
      return value;
    },
    (error: unknown) => {
      throw faultOf(error, doing);
    },
  );
  const tooLate = clock.sleep(milliseconds, done.signal).then((): Promise<Answer> | Answer => {
    if (isOver) return answer;
    throw unavailable(
      `The container engine did not answer for ${milliseconds / 1000} s when asked to ${doing}.`,
    );
  });
  const givenUp = new Promise<never>((_, reject) => {
    const abort = () => reject(aborted(doing));
    signal?.addEventListener("abort", abort, { once: true, signal: done.signal });
  });
  try {
    return await Promise.race([answer, tooLate, givenUp]);
  } catch (fault) {
    isOver = true;
    request.abort();
    answer.catch(() => undefined);
    throw fault;
  } finally {
    isOver = true;
    done.abort();
    tooLate.catch(() => undefined);
  }
}

const aborted = (doing: string): ClawdError =>
  new ClawdError("CLAWD_ENGINE_ABORTED", `The request to ${doing} was withdrawn.`, {
    hint: "Nothing to do: whoever asked for it no longer wants it.",
  });
