// Imports point down, and nothing goes round in a circle (type imports count).
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { importsOf, isTest, packages, read, report, root, sourceFiles } from "./workspace.mjs";

// What each package may import of the others. A new package needs a line here, and a reason in docs/decisions.
const below = {
  kernel: [],
  policy: [],
  pairing: ["kernel"],
  config: ["kernel"],
  log: ["kernel"],
  store: ["kernel"],
  sessions: ["kernel"],
  "provider-kit": ["kernel"],
  egress: ["kernel"],
  cron: ["kernel"],
  sandbox: ["kernel"],
  tools: ["kernel", "sandbox", "egress", "cron"],
  browser: ["kernel", "sandbox", "egress", "tools"],
  agent: ["kernel", "tools"],
  server: ["kernel"],
  doctor: ["kernel"],
  emulators: ["kernel"],
  core: [
    "kernel",
    "cron",
    "policy",
    "pairing",
    "provider-kit",
    "store",
    "sessions",
    "agent",
    "tools",
    "sandbox",
  ],
};
const provider = ["kernel", "provider-kit"];
const testOnly = ["emulators", "provider-kit", "kernel"];

const problems = [];
let files = 0;
for (const { name, folder } of packages("packages", "apps")) {
  const graph = new Map();
  for (const path of sourceFiles(folder).filter((file) => !file.endsWith(".config.ts"))) {
    files++;
    const edges = [];
    for (const specifier of importsOf(read(path))) {
      if (specifier.startsWith("@clawd/")) checkPackage(name, path, specifier.split("/")[1]);
      else if (specifier === "clawdbot" || specifier.includes("/apps/"))
        problems.push(`${path}: nothing imports an app`);
      else if (specifier.startsWith(".")) {
        const target = normalize(join(dirname(path), specifier));
        if (!target.startsWith(`${folder}/`)) problems.push(`${path}: ${specifier} leaves the package`);
        // A ".js" is a JavaScript file of a web page, never a TypeScript file under its built name.
        const hasEnding = /\.(ts|mjs|json)$/.test(specifier) || existsSync(join(root, target));
        if (!hasEnding) problems.push(`${path}: ${specifier} needs its ending`);
        edges.push(target);
      }
    }
    graph.set(path, edges);
  }
  for (const cycle of cycles(graph)) problems.push(`cycle: ${cycle.join(" -> ")}`);
}
report(problems, `${files} files: imports point down, no cycles`);

function checkPackage(name, path, target) {
  if (name === "gateway" || target === name) return;
  const allowed = name.startsWith("provider-") && name !== "provider-kit" ? provider : below[name];
  if (allowed === undefined)
    problems.push(`${path}: the package ${name} has no line in tools/checks/imports.mjs`);
  else if (!allowed.includes(target) && !(isTest(path) && testOnly.includes(target)))
    problems.push(
      `${path}: ${name} may not import @clawd/${target} (it may: ${allowed.join(", ") || "nothing"})`,
    );
}

/** One cycle for each knot of files that import each other. */
function cycles(graph) {
  const found = [];
  const state = new Map();
  const visit = (file, trail) => {
    if (state.get(file) === "done") return;
    if (state.get(file) === "open") {
      found.push([...trail.slice(trail.indexOf(file)), file]);
      return;
    }
    state.set(file, "open");
    for (const next of graph.get(file) ?? []) if (graph.has(next)) visit(next, [...trail, file]);
    state.set(file, "done");
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}
