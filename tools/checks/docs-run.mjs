// Every TypeScript block of every document runs, from the folder of the document; a block that cannot says so:
// ```ts no-run <reason>. Blocks of shell commands are run by test/readme.test.ts of the gateway.
import { spawn } from "node:child_process";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packages, read, report, root } from "./workspace.mjs";

const documents = [
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md"].map((file) => ({ path: file, folder: "apps/gateway" })),
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => ({ path: `docs/${file}`, folder: "apps/gateway" })),
  ...packages().map(({ folder }) => ({ path: `${folder}/README.md`, folder })),
];

const problems = [];
const blocks = documents.flatMap(({ path, folder }) => {
  let text;
  try {
    text = read(path);
  } catch {
    return [];
  }
  return [...text.matchAll(/^```(\S*)[ ]?(.*)\n([\s\S]*?)^```/gm)].flatMap(
    ([, language, note, code], index) => {
      if (language === "") problems.push(`${path}: block ${index + 1} names no language`);
      if (language !== "ts") return [];
      if (/^no-run\s+\S/.test(note)) return [];
      if (note !== "") problems.push(`${path}: block ${index + 1}: "${note}" is not "no-run <reason>"`);
      return [
        { path, index, code, file: join(root, folder, `.docs-${path.replaceAll(/\W/g, "-")}-${index}.ts`) },
      ];
    },
  );
});

// Two at a time: each is a Node process of its own.
const queue = [...blocks];
await Promise.all([work(), work()]);
report(problems, `${blocks.length} code blocks ran`);

async function work() {
  for (let block = queue.shift(); block; block = queue.shift()) {
    writeFileSync(block.file, block.code);
    const failure = await run(block.file);
    rmSync(block.file);
    if (failure) problems.push(`${block.path}: block ${block.index + 1} fails:\n${failure}`);
  }
}

function run(file) {
  return new Promise((resolve) => {
    const child = spawn("node", ["--conditions=@clawd/source", "--no-warnings", file], { timeout: 60_000 });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("close", (code, signal) =>
      resolve(code === 0 ? undefined : `${output}(exit ${code ?? signal})`),
    );
  });
}
