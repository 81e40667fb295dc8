/** The analysis and its engine, from the source or from a copy with a fault in it. */
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import type * as compileModule from "../src/compile.ts";
import type * as coverageModule from "../src/analysis/coverage.ts";
import type * as diffModule from "../src/analysis/diff.ts";
import type * as landscapeModule from "../src/analysis/landscape.ts";
import type * as lintModule from "../src/analysis/lint.ts";
import type * as lintdeadModule from "../src/analysis/lint-dead.ts";
import type * as alikeModule from "../src/analysis/alike.ts";
import type * as reachModule from "../src/analysis/reach.ts";

type Module<Path extends string> = Path extends keyof Modules ? Modules[Path] : never;

interface Modules {
  readonly "compile.ts": typeof compileModule;
  readonly "analysis/coverage.ts": typeof coverageModule;
  readonly "analysis/diff.ts": typeof diffModule;
  readonly "analysis/landscape.ts": typeof landscapeModule;
  readonly "analysis/lint.ts": typeof lintModule;
  readonly "analysis/lint-dead.ts": typeof lintdeadModule;
  readonly "analysis/alike.ts": typeof alikeModule;
  readonly "analysis/reach.ts": typeof reachModule;
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
