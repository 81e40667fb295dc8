/** The analysis and its engine, from the source or from a copy with a fault in it. */
import { pathToFileURL } from "node:url";
import { join } from "node:path";

type Module<Path extends string> = Path extends keyof Modules ? Modules[Path] : never;

interface Modules {
  readonly "compile.ts": typeof import("../src/compile.ts");
  readonly "analysis/coverage.ts": typeof import("../src/analysis/coverage.ts");
  readonly "analysis/diff.ts": typeof import("../src/analysis/diff.ts");
  readonly "analysis/landscape.ts": typeof import("../src/analysis/landscape.ts");
  readonly "analysis/lint.ts": typeof import("../src/analysis/lint.ts");
  readonly "analysis/lint-dead.ts": typeof import("../src/analysis/lint-dead.ts");
  readonly "analysis/alike.ts": typeof import("../src/analysis/alike.ts");
  readonly "analysis/reach.ts": typeof import("../src/analysis/reach.ts");
}

export interface Parts {
  readonly compile: Modules["compile.ts"]["compile"];
  readonly coverage: Modules["analysis/coverage.ts"]["coverage"];
  readonly difference: Modules["analysis/diff.ts"]["difference"];
  readonly diff: Modules["analysis/diff.ts"]["diff"];
  readonly landscapeOf: Modules["analysis/landscape.ts"]["landscapeOf"];
  readonly deadEntries: Modules["analysis/lint-dead.ts"]["deadEntries"];
  readonly alikeUnder: Modules["analysis/alike.ts"]["alikeUnder"];
  readonly reach: Modules["analysis/reach.ts"]["reach"];
}

/** `folder`: with the files of `src`. */
export async function partsIn(folder: string): Promise<Parts> {
  const load = async <Path extends keyof Modules>(path: Path): Promise<Module<Path>> =>
    (await import(pathToFileURL(join(folder, path)).href)) as Module<Path>;
  const { compile } = await load("compile.ts");
  const { coverage } = await load("analysis/coverage.ts");
  const { diff, difference } = await load("analysis/diff.ts");
  const { landscapeOf } = await load("analysis/landscape.ts");
  const { deadEntries } = await load("analysis/lint-dead.ts");
  const { alikeUnder } = await load("analysis/alike.ts");
  const { reach } = await load("analysis/reach.ts");
  return { compile, coverage, diff, difference, landscapeOf, deadEntries, alikeUnder, reach };
}
