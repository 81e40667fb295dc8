/** INVARIANT: the proofs of the analysis can fail. Each fault, put into a copy of it, is noticed. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { check } from "./analysis-check.ts";
import { analysisMutants } from "./analysis-mutants.ts";
import { partsIn } from "./analysis-parts.ts";

const source = fileURLToPath(new URL("../src", import.meta.url));
let directory = "";

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "analysis-mutants-"));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Enough for the dullest of the faults: the configs that `analysis.test.ts` compares first. */
const most = { diff: 2_150, reach: 2_050, dead: 210, coverage: 205 } as const;

test.each(analysisMutants)("notices that $name", { timeout: 300_000 }, async (mutant) => {
  const { file, from, to, question } = mutant;
  const copy = join(directory, String(analysisMutants.indexOf(mutant)));
  cpSync(source, copy, { recursive: true, filter: (path) => !path.endsWith(".test.ts") });
  const path = join(copy, "analysis", file);
  const text = readFileSync(path, "utf8");
  expect(text.split(from).length - 1, `occurrences in ${file} of: ${from}`).toBe(1);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  const parts = await partsIn(copy);
  let noticed: string | null = null;
  for (let seed = 0; seed < most[question] && noticed === null; seed++)
    noticed = check(parts, question, seed, "tiny")?.wrong ?? null;
  expect(noticed, "no config shows this fault").not.toBeNull();
});
