/** What `explain` says would help a run does: carried out in configs by chance, compiled again, and decided again. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { explain } from "../src/analysis/index.ts";
import { compile, type Request, type StateFacts } from "../src/index.ts";
import { carriedOut } from "../test/carry-out.ts";
import { requestsOf } from "../test/requests.ts";
import { networks } from "./networks.ts";
import { chanceOf } from "./random.ts";
import { agents, people, profiles, randomConfig } from "./random-configs.ts";

const id = fc.constantFrom("g1", "g2", "c1", "c2", "d1", "t1", "G1", ...people);
const requests = requestsOf({
  id,
  sender: fc.constantFrom(...people, "eve"),
  provider: fc.constantFrom(...networks.map((network) => network.id)),
  account: fc.constantFrom("default", "work"),
  agent: fc.constantFrom(...agents),
  tool: fc.constantFrom("bash", "read", "write", "browser", "message", "cron", "image", "circle"),
});
const states: fc.Arbitrary<StateFacts> = fc.record({
  isPaired: fc.boolean(),
  profile: fc.constantFrom(null, null, ...profiles, "gone"),
  isTargetPaired: fc.boolean(),
});
const asking = (isMeant: (request: Request) => boolean) => fc.tuple(requests.filter(isMeant), states);

/** Every remedy of so many requests under each of the configs, carried out; how many there were, by their size. */
function helping(questions: ReturnType<typeof asking>, configs: number, each: number): readonly number[] {
  const counts = [0, 0, 0, 0];
  for (let seed = 0; seed < configs; seed++) {
    const config = randomConfig(chanceOf(seed));
    const compiled = compile(config, { networks });
    if (!compiled.ok) continue;
    for (const [request, state] of fc.sample(questions, { numRuns: each, seed })) {
      const denied = { config, request, state, networks };
      for (const remedy of explain(compiled.policy, request, state).remedies) {
        const after = carriedOut(denied, remedy);
        const again = compile(after.config, { networks });
        const decision = again.ok ? again.policy.decide(after.request, after.state) : again.issues;
        const said = remedy.changes.map(({ text }) => text).join(" + ");
        expect(decision, `${said} ${JSON.stringify(denied)}`).toMatchObject({ effect: "allow" });
        counts[Math.min(remedy.changes.length, 3)]!++;
      }
    }
  }
  return counts;
}

test("remedies for runs help, in 150 configs by chance", () => {
  const [, one, two, three] = helping(
    asking(({ action }) => action !== "message"),
    150,
    20,
  );
  expect(Math.min(one!, two!, three!)).toBeGreaterThan(100);
});

test("remedies for messages help, in 150 configs by chance", () => {
  const [, one, two, three] = helping(
    asking(({ action }) => action === "message"),
    150,
    20,
  );
  expect(Math.min(one!, two!, three!)).toBeGreaterThan(100);
});
