// Every package has the files and fields that a newcomer looks for, and index.ts holds names only.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { packages, read, report, root, sourceFiles, isTest } from "./workspace.mjs";

const problems = [];
const all = packages("packages");
for (const { folder, manifest } of all) {
  const need = (condition, message) => condition || problems.push(`${folder}: ${message}`);
  for (const file of ["README.md", "src/index.ts", "tsconfig.json", "tsconfig.build.json", "tsup.config.ts"])
    need(existsSync(join(root, folder, file)), `has no ${file}`);
  need(
    manifest.type === "module" && manifest.sideEffects === false,
    "needs type: module and sideEffects: false",
  );
  need(manifest.license === "MIT", "needs license: MIT");
  need(Boolean(manifest.description), "needs a description");
  for (const [key, entry] of Object.entries(manifest.exports)) {
    if (key === "./package.json") continue;
    need(typeof entry["@clawd/source"] === "string", `export ${key} has no @clawd/source`);
    need(
      existsSync(join(root, folder, entry["@clawd/source"])),
      `export ${key} names a file that is not there`,
    );
    need(manifest.publishConfig.exports[key]?.types === entry.types, `publishConfig lacks the export ${key}`);
    need(
      !manifest.publishConfig.exports[key]?.["@clawd/source"],
      `publishConfig publishes the source of ${key}`,
    );
  }
  checkIndex(folder, need);
  const tested = sourceFiles(folder).some(isTest);
  need(tested, "has no test");
  if (existsSync(join(root, folder, "README.md"))) checkReadme(folder, need);
}
report(problems, `${all.length} packages have the same shape`);

function checkIndex(folder, need) {
  const path = `${folder}/src/index.ts`;
  if (!existsSync(join(root, path))) return;
  const text = read(path);
  need(text.split("\n").length <= 60, "index.ts is long: export less");
  need(!/export \*/.test(text), "index.ts uses export *");
  need(
    !/\b(function|class|const|let)\b/.test(text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "")),
    "index.ts holds logic",
  );
}

function checkReadme(folder, need) {
  const text = read(`${folder}/README.md`);
  need(/^# `?@clawd\//m.test(text), "README.md has no title with the package's name");
  need(/```ts/.test(text), "README.md has no example");
  const codes = new Set(
    sourceFiles(`${folder}/src`)
      .filter((path) => !isTest(path) && !path.endsWith("testing.ts"))
      .flatMap((path) => [...read(path).matchAll(/"(CLAWD_[A-Z_]+)"/g)].map((match) => match[1])),
  );
  for (const code of codes)
    need(text.includes(code), `README.md does not list the error code ${code} with its remedy`);
}
