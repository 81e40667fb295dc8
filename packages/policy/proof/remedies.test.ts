/** What `explain` says would help a run does: carried out in configs by chance, compiled again, and decided again. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { explain } from "../src/analysis/index.ts";
import { compile, type StateFacts } from "../src/index.ts";
import { carriedOut } from "../test/carry-out.ts";
import { requestsOf } from "../test/requests.ts";
import { networks } from "./networks.ts";
import { chanceOf } from "./random.ts";
import { agents, people, profiles, randomConfig } from "./random-configs.ts";

const id = fc.constantFrom("g1", "g2", "c1", "c2", "t1", "G1", ...people);
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
const runs = fc.tuple(
  requests.filter(({ action }) => action !== "message"),
  states,
);

test("remedies for runs help, in 150 configs by chance", () => {
  let count = 0;
  for (let seed = 0; seed < 150; seed++) {
    const config = randomConfig(chanceOf(seed));
    const compiled = compile(config, { networks });
    if (!compiled.ok) continue;
    for (const [request, state] of fc.sample(runs, { numRuns: 20, seed })) {
      const denied = { config, request, state, networks };
      for (const remedy of explain(compiled.policy, request, state).remedies) {
        const after = carriedOut(denied, remedy);
        const again = compile(after.config, { networks });
        const decision = again.ok ? again.policy.decide(after.request, after.state) : again.issues;
        const said = remedy.changes.map(({ text }) => text).join(" + ");
        expect(decision, `${said} ${JSON.stringify(denied)}`).toMatchObject({ effect: "allow" });
        count++;
      }
    }
  }
  expect(count).toBeGreaterThan(200);
});
