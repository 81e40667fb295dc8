/**
 * The engine in copies, with faults in them or without. No file is written and none is shared with the engine under test:
 * the sources are read and compiled once, and for each copy only those modules are made anew that see the fault.
 */
import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { compileFunction } from "node:vm";
import { transformSync } from "esbuild";
import type * as Core from "../src/core.ts";
import type * as Rights from "../src/rights.ts";
import type * as SendCore from "../src/send-core.ts";
import type * as SessionCore from "../src/session-core.ts";
import type * as Strictest from "../src/strictest.ts";
import type * as ToolCore from "../src/tool-core.ts";
import type { Compile } from "./compare.ts";

export type Engine = {
  readonly compile: Compile;
  readonly strictest: typeof Strictest.strictest;
} & Pick<typeof Core, "core"> &
  Pick<typeof ToolCore, "toolCore"> &
  Pick<typeof SendCore, "sendCore"> &
  Pick<typeof SessionCore, "sessionCore"> &
  Pick<typeof Rights, "limitOf" | "limited">;

interface Source {
  readonly text: string;
  readonly make: Factory;
  readonly imports: readonly string[];
}

type Exports = Readonly<Record<string, unknown>>;
type Factory = (require: (path: string) => Exports, exports: object, module: { exports: Exports }) => void;

const folder = fileURLToPath(new URL("../src", import.meta.url));
const entries = [
  "compile.ts",
  "core.ts",
  "tool-core.ts",
  "send-core.ts",
  "session-core.ts",
  "rights.ts",
  "strictest.ts",
];

/** The sources of one moment, by file. */
export interface Sources {
  readonly text: (file: string) => string;
  /** The engine with these texts in place of its own. */
  with(faulty: Readonly<Record<string, string>>): Engine;
}

export function readSources(): Sources {
  const sources = new Map<string, Source>();
  for (const file of readdirSync(folder)) {
    const isEngine = file.endsWith(".ts") && !file.endsWith(".test.ts");
    if (isEngine) sources.set(file, compiled(file, readFileSync(posix.join(folder, file), "utf8")));
  }
  const sound = new Map<string, Exports>();
  return {
    text: (file) => sources.get(file)!.text,
    with(faulty) {
      const own = new Map(Object.entries(faulty).map(([file, text]) => [file, compiled(file, text)]));
      const seen = seeing(new Set(own.keys()), sources);
      const made = new Map<string, Exports>();
      const load = (file: string): Exports => {
        const known = seen.has(file) ? made : sound;
        const ready = known.get(file);
        if (ready !== undefined) return ready;
        const source = own.get(file) ?? sources.get(file)!;
        const module: { exports: Exports } = { exports: {} };
        known.set(file, module.exports);
        source.make((path) => load(posix.join(posix.dirname(file), path)), module.exports, module);
        known.set(file, module.exports);
        return module.exports;
      };
      return Object.assign({}, ...entries.map(load)) as Engine;
    },
  };
}

function compiled(file: string, text: string): Source {
  const { code } = transformSync(text, { loader: "ts", format: "cjs", target: "node20" });
  const imports = [...code.matchAll(/require\("\.\/([^"]+)"\)/g)].map(([, path]) => path!);
  const make = compileFunction(code, ["require", "exports", "module"], { filename: file }) as Factory;
  return { text, make, imports };
}

/** These files and all that import one of them, directly or not. */
function seeing(files: ReadonlySet<string>, sources: ReadonlyMap<string, Source>): ReadonlySet<string> {
  const seen = new Set(files);
  for (let before = -1; before !== seen.size;) {
    before = seen.size;
    for (const [file, { imports }] of sources) if (imports.some((path) => seen.has(path))) seen.add(file);
  }
  return seen;
}
