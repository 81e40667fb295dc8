// Walks every export of every package: an Error class that is no ClawdError, and so has no mark, code and hint, fails.
import { packages, report } from "./workspace.mjs";

const { ClawdError } = await import("../../packages/kernel/src/index.ts");
const problems = [];
let classes = 0;
for (const { manifest, folder } of packages("packages")) {
  for (const [key, entry] of Object.entries(manifest.exports)) {
    if (typeof entry !== "object") continue;
    const module = await import(new URL(`../../${folder}/${entry["@clawd/source"]}`, import.meta.url));
    for (const [name, value] of Object.entries(module)) {
      if (typeof value !== "function" || !(value.prototype instanceof Error)) continue;
      classes++;
      if (value === ClawdError || value.prototype instanceof ClawdError) continue;
      problems.push(
        `${manifest.name}${key.slice(1)}: ${name} is an Error without the mark; extend ClawdError`,
      );
    }
  }
}
report(problems, `${classes} exported error classes, all marked`);
