/** INVARIANT: the proofs can fail. Every known fault, put back into a copy of the engine, is noticed by one of them. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Facts } from "../src/facts.ts";
import type { Outcome } from "../src/outcome.ts";
import { examine, pose, type Compile, type Posed } from "./compare.ts";
import { everyFacts } from "./domain.ts";
import { expectSection, table } from "./guarantees.ts";
import { laws } from "./laws.ts";
import { firstAccepted } from "./malformed.ts";
import { mutants, type Mutant } from "./mutants.ts";
import { spread } from "./product.ts";
import type { Case, Slice } from "./scope.ts";
import { slices } from "./slices.ts";

const source = fileURLToPath(new URL("../src", import.meta.url));

interface Thinned {
  readonly name: string;
  readonly cases: readonly Case[];
  readonly posed: readonly Posed[];
}

/**
 * Two nets of slices with fewer configs and cases: most faults are caught in the wide one, in no time. What the reference
 * says is worked out once and kept for all mutants.
 */
const nets: (readonly Thinned[])[] = [];
/** The engine's files, read once, so that every copy is of one state of them. */
const sources = new Map<string, string>();
let directory = "";

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "policy-mutants-"));
  for (const file of readdirSync(source)) {
    const isEngine = file.endsWith(".ts") && !file.endsWith(".test.ts");
    if (isEngine) sources.set(file, readFileSync(join(source, file), "utf8"));
  }
  nets.push(
    slices.map((slice) => thin(slice, 100, 2_000)),
    slices.map((slice) => thin(slice, 800, 10_000)),
  );
}, 60_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** About so many cases and decisions of the slice; of mistaken configs as many as of right ones. */
function thin(slice: Slice, most: number, decisions: number): Thinned {
  const cases = spread(slice.cases(), most);
  const posed = [...pose(slice.configs(), cases)];
  const right = posed.filter(({ mistakes }) => mistakes.length === 0);
  const wrong = posed.filter(({ mistakes }) => mistakes.length > 0);
  const configs = Math.ceil(decisions / cases.length);
  return {
    name: slice.name,
    cases,
    // A mistaken config costs one compilation and no decision.
    posed: [...spread(right, configs), ...spread(wrong, decisions / 20)].map(remembered),
  };
}

function remembered(posed: Posed): Posed {
  const answers: ReturnType<Posed["answer"]>[] = [];
  return { ...posed, answer: (index) => (answers[index] ??= posed.answer(index)) };
}

interface Engine {
  readonly compile: Compile;
  readonly core: (facts: Facts) => Outcome;
}

/** A copy of the engine with the fault in it. */
async function engineWith(mutant: Mutant | null, name: string): Promise<Engine> {
  const copy = join(directory, name);
  mkdirSync(copy);
  for (const [file, text] of sources) {
    const isFaulty = mutant?.file === file;
    if (isFaulty) {
      expect(text.split(mutant.from).length - 1, `occurrences in ${file} of: ${mutant.from}`).toBe(1);
    }
    writeFileSync(join(copy, file), isFaulty ? text.replace(mutant.from, () => mutant.to) : text);
  }
  const load = (file: string) => import(pathToFileURL(join(copy, file)).href) as Promise<unknown>;
  const { compile } = (await load("compile.ts")) as Pick<Engine, "compile">;
  const { core } = (await load("core.ts")) as Pick<Engine, "core">;
  return { compile, core };
}

/** The first law that does not hold of this core, on the whole domain. */
function brokenLaw(core: Engine["core"]): string | null {
  let broken: string | null = null;
  everyFacts((facts) => {
    const outcome = core(facts);
    broken = laws.find((law) => !law.holds(facts, outcome, core))?.name ?? null;
    return broken === null;
  });
  return broken;
}

/** The first of the proofs that notices, or null when none does. */
function killerOf({ compile, core }: Engine, isCore: boolean): string | null {
  const law = isCore ? brokenLaw(core) : null;
  if (law !== null) return `law: ${law}`;
  const accepted = firstAccepted(compile);
  if (accepted !== null) return `malformed requests: ${accepted}`;
  for (const { name, cases, posed } of nets.flat()) {
    const [found] = examine(posed, cases, compile).disagreements;
    if (found !== undefined) return `small scope: ${name} (${found.about})`;
  }
  return null;
}

const killers = new Map<string, string>();

test("the engine without a fault is noticed by nothing", { timeout: 60_000 }, async () => {
  expect(killerOf(await engineWith(null, "sound"), false)).toBeNull();
});

test.each(mutants)("notices that $name ($seen)", { timeout: 60_000 }, async (mutant) => {
  const engine = await engineWith(mutant, `mutant-${mutants.indexOf(mutant)}`);
  const killer = killerOf(engine, mutant.file === "core.ts");
  expect(killer, "no proof notices this fault").not.toBeNull();
  killers.set(mutant.name, killer!);
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
