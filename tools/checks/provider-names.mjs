// A provider's name lives in its own package and in the one list of apps/gateway. Comments and tests may name it.
import { isTest, packages, read, report, sourceFiles } from "./workspace.mjs";

const list = "apps/gateway/src/providers.ts";
const ids = packages("packages")
  .map(({ name }) => name.match(/^provider-(?!kit$)(.+)$/)?.[1])
  .filter(Boolean);
// Unquoted, this one is what every AbortSignal is called.
const bare = ids.filter((id) => id !== "signal").join("|");
const quoted = new RegExp(`["'\`](${ids.join("|")})["'\`]|\\b(${bare})\\s*:\\s|\\.(${bare})\\b`);
// Servers that speak one network's protocol, and the old config keys, which named networks.
const exempt = [/^packages\/emulators\//, /^packages\/config\/src\/legacy/];

const problems = [];
let files = 0;
for (const { name, folder } of packages("packages", "apps")) {
  if (ids.includes(name.replace("provider-", ""))) continue;
  for (const path of sourceFiles(folder)) {
    if (path === list || isTest(path) || exempt.some((pattern) => pattern.test(path))) continue;
    files++;
    const code = read(path).replaceAll(/\/\*[\s\S]*?\*\/|`[^`]*`/g, (text) =>
      ids.includes(text.slice(1, -1)) ? text : text.replaceAll(/[^\n]/g, " "),
    );
    for (const [index, line] of code.split("\n").entries()) {
      const match = quoted.exec(withoutProse(line.replace(/\/\/.*$/, "")));
      if (match)
        problems.push(
          `${path}:${index + 1}: names ${match[0].trim()}; give the provider value a property instead`,
        );
    }
  }
}
report(problems, `${files} files name no provider (${ids.join(", ")})`);

/** Sentences for people may name a network; a text that is nothing but a name is code. */
function withoutProse(line) {
  return line.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, (text) =>
    ids.includes(text.slice(1, -1)) ? text : '""',
  );
}
