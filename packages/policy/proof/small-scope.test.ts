/** The engine and the reference give one answer to every question of the small scope, and refuse the same configs. */
import { afterAll, expect, test } from "vitest";
import { compile } from "../src/index.ts";
import { examine, pose, type Examination } from "./compare.ts";
import { expectSection, grouped, table } from "./guarantees.ts";
import { slices } from "./slices.ts";

const found = new Map<string, Examination>();

test.each(slices)("$name: the engine agrees with the reference", { timeout: 120_000 }, (slice) => {
  const cases = slice.cases();
  const examination = examine(pose(slice.configs(), cases), cases, compile);
  expect(examination.disagreements).toEqual([]);
  found.set(slice.name, examination);
});

test("every slice has configs that are refused or none to refuse, and decisions that were compared", () => {
  for (const { decisions, configs, refused } of found.values()) {
    expect(decisions).toBeGreaterThan(0);
    expect(refused).toBeLessThan(configs);
  }
  const total = (key: "configs" | "refused" | "decisions") =>
    [...found.values()].reduce((sum, examination) => sum + examination[key], 0);
  expectSection("small scope", [
    "## The engine and an independent reference agree",
    "",
    "`packages/policy/proof/reference.ts` interprets the raw config in the words of the documents. For every config of these",
    "products `compile` refuses exactly what the reference calls a mistake, and for every request of those it accepts both give",
    "one answer: effect, code, agent, session, authority and what is to be done; of tools, sendings and sessions also where they run and",
    "whether an owner is asked first.",
    "",
    `Configs: ${grouped(total("configs"))}, of which refused by both: ${grouped(total("refused"))}.`,
    `Decisions compared: ${grouped(total("decisions"))}. Disagreements: 0.`,
    "",
    ...table(
      ["slice", "what is crossed", "configs", "refused", "decisions"],
      slices.map(({ name, covers }) => {
        const { configs, refused, decisions } = found.get(name)!;
        return [name, covers, grouped(configs), grouped(refused), grouped(decisions)];
      }),
    ),
  ]);
});

afterAll(() => found.clear());
