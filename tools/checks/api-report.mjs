// The public surface of each package as text, committed in etc/<name>.api.md; a difference fails. `--write` renews it.
// Needs a build: it reads the declarations in dist.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { packages, report, root } from "./workspace.mjs";

const write = process.argv.includes("--write");
const problems = [];
const all = packages("packages");
for (const { name, folder, manifest } of all) {
  const path = join(root, folder, "etc", `${name}.api.md`);
  const text = `# API of ${manifest.name}\n${Object.entries(manifest.exports).map(entryPoint(folder)).join("")}`;
  if (write) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } else if (!existsSync(path) || readFileSync(path, "utf8") !== text)
    problems.push(
      `${folder}: the public surface changed; look at it, then \`node tools/checks/api-report.mjs --write\``,
    );
}
report(problems, `${all.length} API reports are as committed`);

function entryPoint(folder) {
  return ([key, entry]) => {
    if (typeof entry !== "object") return "";
    const declarations = collect(join(root, folder, entry.types));
    return `\n## ${key}\n\n\`\`\`ts\n${declarations.join("\n")}\n\`\`\`\n`;
  };
}

/** The declarations that a .d.ts file exports, followed through its re-exports, sorted by name, without comments. */
function collect(file) {
  const text = readFileSync(file, "utf8")
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/^\s*\/\/.*$/gm, "");
  const found = [];
  for (const [, names, source] of text.matchAll(/export (?:type )?\{([^}]*)\} from ["'](\.[^"']+)["']/g)) {
    const target = join(dirname(file), source).replace(/\.(ts|js)$/, ".d.ts");
    for (const name of names
      .split(",")
      .map((part) => part.trim().replace(/^type /, ""))
      .filter(Boolean))
      found.push([name.split(" as ").at(-1), declaration(target, name.split(" as ")[0])]);
  }
  for (const [, name] of text.matchAll(
    /^export (?:declare )?(?:abstract )?(?:const|function|class|interface|type) ([\w$]+)/gm,
  ))
    found.push([name, declaration(file, name)]);
  return [...new Map(found.toSorted(([a], [b]) => (a < b ? -1 : 1))).values()];
}

function declaration(file, name) {
  const text = readFileSync(file, "utf8")
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/^\s*\/\/.*$\n/gm, "");
  const start = text.search(
    new RegExp(
      `^export (?:declare )?(?:abstract )?(?:const|function|class|interface|type) ${name.replaceAll("$", "\\$")}\\b`,
      "m",
    ),
  );
  if (start >= 0) {
    const rest = text.slice(start + 1);
    const end = rest.search(/^(?:export |import |declare |interface |type |const |function |class )/m);
    return `e${end < 0 ? rest : rest.slice(0, end)}`.replaceAll(/\n\s*\n/g, "\n").trim();
  }
  for (const [, names, source] of text.matchAll(/export (?:type )?\{([^}]*)\} from ["'](\.[^"']+)["']/g))
    if (
      names.split(",").some(
        (part) =>
          part
            .trim()
            .replace(/^type /, "")
            .split(" as ")
            .at(-1) === name,
      )
    )
      return declaration(join(dirname(file), source).replace(/\.(ts|js)$/, ".d.ts"), name);
  return `// ${name}`;
}
