/** The real supervisor, compiled when its sources change. */
import { spawnSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { basename, join } from "node:path";

const sources = join(import.meta.dirname, "../../supervisor");
const cache = join(import.meta.dirname, "../../node_modules/.cache/supervisor");

/** The path of the program. `isSanitized`: every access and overflow of it is watched. @throws when there is no compiler */
export function compiledSupervisor(isSanitized = false): string {
  const files = readdirSync(sources).filter((name) => /\.(?:c|h|sh)$/.test(name));
  return compiled(
    files.toSorted().map((name) => join(sources, name)),
    isSanitized ? "sanitized" : "supervisor",
    isSanitized ? sanitized : (output) => [join(sources, "build.sh"), [output]],
  );
}

/** Swaps two names as fast as it can. */
export const compiledAttacker = (): string => compiledHere("attacker");

/** Stands where process 1 would be. */
export const compiledImpostor = (): string => compiledHere("impostor");

function compiledHere(name: string): string {
  const source = join(import.meta.dirname, `${name}.c`);
  return compiled([source], name, (output) => ["gcc", ["-O2", "-static", source, "-o", output]]);
}

function compiled(files: readonly string[], name: string, command: (output: string) => [string, string[]]) {
  const digest = createHash("sha256");
  for (const file of files) digest.update(basename(file)).update(readFileSync(file));
  const built = join(cache, `${name}-${digest.digest("hex").slice(0, 20)}`);
  if (existsSync(built)) return built;
  mkdirSync(cache, { recursive: true });
  const temporary = `${built}.${randomUUID()}`;
  const [program, args] = command(temporary);
  const { status, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${name} does not compile (gcc is needed): ${stderr ?? error}`);
  renameSync(temporary, built);
  return built;
}

// Sanitizers need their own runtime, which is not static.
function sanitized(output: string): [string, string[]] {
  const c = readdirSync(sources).filter((name) => name.endsWith(".c"));
  const flags = "-std=gnu11 -O1 -g -Wall -Wextra -fsanitize=address,undefined -fno-sanitize-recover=all";
  return ["gcc", [...flags.split(" "), ...c.map((name) => join(sources, name)), "-o", output]];
}
