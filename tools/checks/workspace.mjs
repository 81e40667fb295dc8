// What the checks share: the workspace's packages, their source files and what those import.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Every package: `{ name, folder, manifest }`, the folder relative to the root. */
export function packages(...groups) {
  const folders = (groups.length > 0 ? groups : ["packages", "apps", "examples"]).filter((group) =>
    existsSync(join(root, group)),
  );
  return folders.flatMap((group) =>
    readdirSync(join(root, group), { withFileTypes: true })
      .filter((entry) => existsSync(join(root, group, entry.name, "package.json")))
      .map((entry) => {
        const folder = join(group, entry.name);
        return { name: entry.name, folder, manifest: JSON.parse(read(join(folder, "package.json"))) };
      }),
  );
}

export function read(path) {
  return readFileSync(join(root, path), "utf8");
}

/** The TypeScript files below a folder, relative to the root. */
export function sourceFiles(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.parentPath.includes("node_modules"),
    )
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

/** The specifiers that a file imports or re-exports, types and dynamic imports included. */
export function importsOf(text) {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  return [
    ...[...code.matchAll(/\b(?:import|export)\b[^;"'`]*?\bfrom\s*["']([^"']+)["']/g)].map(
      (match) => match[1],
    ),
    ...[...code.matchAll(/\bimport\s*\(?\s*["']([^"']+)["']/g)].map((match) => match[1]),
  ];
}

export function isTest(path) {
  return /\.(test|bench)\.ts$|\/(test|proof|bench|fixtures)\//.test(path);
}

/** Prints what was found and sets the exit status; says what was looked at when nothing was. */
export function report(problems, looked) {
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
  else console.log(looked);
}
