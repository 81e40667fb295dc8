import { engineCases } from "./engine-cases.ts";
import { engineContainerCases } from "./engine-container-cases.ts";
import { EngineWorld, type EngineUnderTest } from "./engine-world.ts";
import { checkSkips, type Skip } from "./skips.ts";
import type { PlaceRunner } from "./world.ts";

export interface EngineConformance {
  readonly name: string;
  /** Called once for each case; the same engine may be given every time. */
  create(): Promise<EngineUnderTest>;
  /** Cases that the engine cannot pass, each with the reason in a sentence; it is printed. */
  readonly skip?: readonly Skip[];
}

const cases = [...engineCases, ...engineContainerCases];

/**
 * Declares one test for each promise of `Engine`.
 * @throws CLAWD_CONFORMANCE_SKIP when a skip names no case or gives no reason.
 */
export function engineConformance(subject: EngineConformance, runner: PlaceRunner): void {
  const { name, skip = [] } = subject;
  checkSkips(skip, cases);
  runner.describe(name, () => {
    for (const each of cases) {
      const left = skip.find(({ test }) => test === each.id);
      const title = `${each.id}: ${each.promise}`;
      if (left !== undefined) runner.skip(`${title} (skipped: ${left.reason})`, async () => {});
      else
        runner.test(title, async () => {
          const world = new EngineWorld(await subject.create());
          try {
            await each.run(world);
          } finally {
            await world.end();
          }
        });
    }
  });
}
