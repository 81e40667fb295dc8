import { commandCases } from "./command-cases.ts";
import { fileCases } from "./file-cases.ts";
import { linkCases } from "./link-cases.ts";
import { pathCases } from "./path-cases.ts";
import { checkSkips, type Skip } from "./skips.ts";
import { type PlaceRunner, type PlaceUnderTest, PlaceWorld } from "./world.ts";

export interface PlaceConformance {
  readonly name: string;
  /** A new place with an empty home for each case. */
  create(): Promise<PlaceUnderTest>;
  /** Cases that the place cannot pass, each with the reason in a sentence; it is printed. */
  readonly skip?: readonly Skip[];
}

const cases = [...pathCases, ...fileCases, ...linkCases, ...commandCases];

/**
 * Declares one test for each promise of `Place`.
 * @throws CLAWD_CONFORMANCE_SKIP when a skip names no case or gives no reason.
 */
export function placeConformance(subject: PlaceConformance, runner: PlaceRunner): void {
  const { name, skip = [] } = subject;
  checkSkips(skip, cases);
  runner.describe(name, () => {
    for (const each of cases) {
      const { id, promise } = each;
      const left = skip.find(({ test }) => test === id);
      const title = `${id}: ${promise}`;
      if (left !== undefined) runner.skip(`${title} (skipped: ${left.reason})`, async () => {});
      else
        runner.test(title, async () => {
          const made = await subject.create();
          try {
            await each.run(new PlaceWorld(made.place));
          } finally {
            await made.end();
          }
        });
    }
  });
}
