// Walks every export of every package: an Error class that is not marked as a ClawdError fails.
import { packages, report } from "./workspace.mjs";

const marker = Symbol.for("clawd.error");
const problems = [];
let classes = 0;
for (const { manifest, folder } of packages("packages")) {
  for (const [key, entry] of Object.entries(manifest.exports)) {
    if (typeof entry !== "object") continue;
    const module = await import(new URL(`../../${folder}/${entry["@clawd/source"]}`, import.meta.url));
    for (const [name, value] of Object.entries(module)) {
      if (typeof value !== "function" || !(value.prototype instanceof Error)) continue;
      classes++;
      const instance = new value("CLAWD_EXAMPLE", "message", { hint: "hint", outcome: "rejected" });
      const marked =
        instance[marker] === true && typeof instance.code === "string" && typeof instance.hint === "string";
      if (!marked)
        problems.push(
          `${manifest.name}${key.slice(1)}: ${name} is an Error without the mark, a code or a hint`,
        );
    }
  }
}
report(problems, `${classes} exported error classes, all marked`);
