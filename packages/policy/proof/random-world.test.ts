/** INVARIANT: in large configs too, with all rules at once, the engine and the reference give one answer to every question. */
import { expect, test } from "vitest";
import { compile } from "../src/index.ts";
import { answerTo, examine } from "./compare.ts";
import { castle, circle, desk, harbour, networks } from "./networks.ts";
import { aWorld } from "./random-world.ts";
import { questionsAbout } from "./random-questions.ts";
import { mistakesOf } from "./reference-mistakes.ts";

const people = Array.from({ length: 12 }, (_, index) => `person${index}`);
const rooms = Array.from({ length: 6 }, (_, index) => `room${index}`);
const populated = [circle, castle, harbour].map((network) => ({ network, people, rooms }));

test("random worlds: the engine agrees with the reference", { timeout: 120_000 }, () => {
  const seen = new Map<string, number>();
  for (let seed = 1; seed <= 40; seed++) {
    const world = aWorld(populated, seed);
    const cases = [...questionsAbout(world, [desk.id], 3_000, seed)];
    const { config } = world;
    const answers = cases.map((asked) => answerTo(config, asked));
    for (const { codes } of answers) seen.set(codes[0]!, (seen.get(codes[0]!) ?? 0) + 1);
    const posed = [{ config, mistakes: mistakesOf(config, networks), answer: (at: number) => answers[at]! }];
    const { decisions, disagreements } = examine(posed, cases, compile);
    expect({ seed, disagreements }).toEqual({ seed, disagreements: [] });
    expect(decisions).toBe(cases.length);
  }
  // Not one answer over and over: most of what can be said was said, and often.
  expect(seen.size).toBeGreaterThan(30);
  expect(seen.get("tool-allowed")).toBeGreaterThan(3_000);
});
