// Every test that docs/attacks.md names is there, under that name.
import { read, report } from "./workspace.mjs";

const page = "docs/attacks.md";
const rows = read(page)
  .split("\n")
  .filter((line) => line.startsWith("| ") && line.includes("`:"));
const problems = rows.flatMap((row) => {
  const [, file = "", name = ""] = /`([^`]+)`: (.+?) +\|$/.exec(row) ?? [];
  let text;
  try {
    text = read(file);
  } catch {
    return [`${page}: there is no ${file}`];
  }
  return name !== "" && text.includes(name) ? [] : [`${page}: ${file} has no test "${name}"`];
});
report(problems, `${rows.length} attacks have their tests`);
