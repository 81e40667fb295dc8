/** INVARIANT: the proofs can fail. Every known fault, put back into a copy of the engine, is noticed by one of them. */
import { beforeAll, expect, test } from "vitest";
import { readSources, type Sources } from "./engine-copy.ts";
import { expectSection, table } from "./guarantees.ts";
import { lawsOf } from "./laws-of-copies.ts";
import { mutants as mutantsOfMessages, type Mutant } from "./mutants.ts";
import { mutantsOfRuns } from "./mutants-of-runs.ts";
import { steadyProvers, type Prover } from "./provers.ts";

const mutants: readonly Mutant[] = [...mutantsOfMessages, ...mutantsOfRuns];

let sources: Sources;
let provers: readonly Prover[] = [];

beforeAll(() => {
  sources = readSources();
  provers = steadyProvers();
}, 60_000);

/** The engine's texts with the fault in one of them. */
function textsWith({ file, from, to }: Mutant): Readonly<Record<string, string>> {
  const text = sources.text(file);
  expect(text.split(from).length - 1, `occurrences in ${file} of: ${from}`).toBe(1);
  return { [file]: text.replace(from, () => to) };
}

/** The first of the proofs that notices, or null when none does. */
function killerOf(texts: Readonly<Record<string, string>>): string | null {
  try {
    const engine = sources.with(texts);
    for (const file of Object.keys(texts)) {
      const law = lawsOf[file]?.(engine) ?? null;
      if (law !== null) return `law: ${law}`;
    }
    for (const prove of provers) {
      const found = prove(engine);
      if (found !== null) return found;
    }
    return null;
  } catch {
    return "an exception, where every decision is a value";
  }
}

const killers = new Map<string, string>();

test("the engine without a fault is noticed by nothing", { timeout: 60_000 }, () => {
  expect(killerOf({})).toBeNull();
});

test.each(mutants)("notices that $name ($seen)", { timeout: 60_000 }, (mutant) => {
  const killer = killerOf(textsWith(mutant));
  expect(killer, "no proof notices this fault").not.toBeNull();
  killers.set(mutant.name, killer!);
});

test("every fault has a name of its own", () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
});

test("the list of faults and what notices them is the one in docs/guarantees.md", () => {
  expectSection("mutants", [
    "## Known faults are noticed",
    "",
    "Each of these faults is put back into a copy of the engine; the first proof that notices it is named. A fault without a",
    "public report is one that a simpler engine would have.",
    "",
    `Faults: ${mutants.length}. Noticed: ${killers.size}.`,
    "",
    ...table(
      ["fault", "seen", "in", "noticed by"],
      mutants.map(({ name, seen, file }) => [name, seen, `\`${file}\``, killers.get(name) ?? "nothing"]),
    ),
  ]);
});
