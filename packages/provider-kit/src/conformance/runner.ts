/** The test functions come as a parameter, so the suite runs under vitest, node:test and bun alike. */
import { ClawdError, nearestName } from "@clawd/kernel";

export interface TestFunction {
  (name: string, body: () => Promise<void>): unknown;
  skip(name: string, body: () => Promise<void>): unknown;
}

export interface Runner {
  describe(name: string, body: () => void): unknown;
  readonly test: TestFunction;
}

export interface Skip {
  /** The id of the test: `edits`. */
  readonly test: string;
  /** Why the network or the provider cannot; it is printed. */
  readonly reason: string;
}

export interface Case<Context> {
  /** Short and stable; skips name it. */
  readonly id: string;
  /** What is promised, as a sentence. */
  readonly promise: string;
  run(context: Context): Promise<void>;
}

/**
 * Declares one test for each case; skipped ones show their reason.
 * @throws CLAWD_CONFORMANCE_SKIP when a skip names no test, gives no reason, or is declared twice.
 */
export function declareCases<Context>(
  name: string,
  cases: readonly Case<Context>[],
  skips: readonly Skip[],
  runner: Runner,
  run: (body: (context: Context) => Promise<void>) => Promise<void>,
): void {
  for (const skip of skips) checkSkip(skip, cases, skips);
  runner.describe(name, () => {
    for (const testCase of cases) {
      const title = `${testCase.id}: ${testCase.promise}`;
      const skip = skips.find(({ test }) => test === testCase.id);
      if (skip === undefined) runner.test(title, () => run((context) => testCase.run(context)));
      else runner.test.skip(`${title} (skipped: ${skip.reason})`, async () => {});
    }
  });
}

function checkSkip(skip: Skip, cases: readonly Case<never>[], skips: readonly Skip[]): void {
  const ids = cases.map(({ id }) => id);
  if (!ids.includes(skip.test)) {
    const nearest = nearestName(skip.test, ids);
    throw skipFault(
      `There is no conformance test "${skip.test}".`,
      nearest === undefined ? `The tests are: ${ids.join(", ")}.` : `Did you mean "${nearest}"?`,
    );
  }
  if (skip.reason.trim().length < 10) {
    throw skipFault(
      `The skip of "${skip.test}" gives no reason.`,
      "Say in a sentence what the network lacks.",
    );
  }
  if (skips.filter(({ test }) => test === skip.test).length > 1) {
    throw skipFault(`"${skip.test}" is skipped twice.`, "Remove one of the two.");
  }
}

export function skipFault(message: string, hint: string): ClawdError {
  return new ClawdError("CLAWD_CONFORMANCE_SKIP", message, { hint });
}
