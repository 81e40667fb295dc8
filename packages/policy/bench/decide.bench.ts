/** What one decision costs, with its full trace, and what compiling costs. */
import { test } from "vitest";
import { compile } from "../src/index.ts";
import { config, networks, requests } from "./workload.ts";

test("1,000 senders and 200 groups", async ({ bench }) => {
  const written = config(1000, 200);
  const result = compile(written, { networks });
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  const asked = requests(1000, 200);
  let next = 0;
  await bench("decide, 1,000 times", () => {
    for (let i = 0; i < 1000; i++) result.policy.decide(asked[(next = (next + 1) % asked.length)]);
  }).run();
  await bench("compile", () => {
    compile(written, { networks });
  }).run();
});
