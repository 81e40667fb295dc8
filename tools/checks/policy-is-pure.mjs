// @clawd/policy imports nothing and has no clock, no chance, no process, no network and nothing asynchronous.
import { importsOf, isTest, read, report, sourceFiles } from "./workspace.mjs";

const forbidden =
  /\b(Date|Math\.random|process|globalThis|fetch|async|await|Promise|setTimeout|console|crypto)\b/;
const problems = [];
const files = sourceFiles("packages/policy/src").filter((path) => !isTest(path));
for (const path of files) {
  const text = read(path);
  for (const specifier of importsOf(text)) {
    const allowed = /^\.\.?\//.test(specifier) || (specifier === "zod" && path.endsWith("/schema.ts"));
    if (!allowed) problems.push(`${path}: imports ${specifier}`);
  }
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, "");
  const match = forbidden.exec(code.replaceAll(/"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`/g, '""'));
  if (match) problems.push(`${path}: mentions ${match[0]}`);
}
report(problems, `${files.length} files of @clawd/policy import nothing and mention nothing impure`);
