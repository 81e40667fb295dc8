// `pnpm check`: every gate, in order of speed. With names as arguments, only those.
import { spawnSync } from "node:child_process";
import { environment, root } from "./setup.mjs";

const quiet = ["--output-logs=errors-only", "--log-prefix=none"];
const gates = [
  ["format", "oxfmt", ["--check"]],
  ["lint", "oxlint", ["--type-aware", "--deny-warnings"]],
  ["imports", "node", ["tools/checks/imports.mjs"]],
  ["names", "node", ["tools/checks/provider-names.mjs"]],
  ["sockets", "node", ["tools/checks/sockets.mjs"]],
  ["policy", "node", ["tools/checks/policy-is-pure.mjs"]],
  ["shape", "node", ["tools/checks/package-shape.mjs"]],
  ["types", "turbo", ["run", "typecheck", ...quiet]],
  ["boundaries", "turbo", ["boundaries"]],
  ["unused", "knip", ["--no-config-hints"]],
  ["build", "turbo", ["run", "build", ...quiet]],
  ["packages", "turbo", ["run", "check:package", ...quiet]],
  ["api", "node", ["tools/checks/api-report.mjs"]],
  ["errors", "node", ["--conditions=@clawd/source", "tools/checks/errors.mjs"]],
  ["docs", "node", ["tools/checks/docs-run.mjs"]],
  ["attacks", "node", ["tools/checks/attacks.mjs"]],
  ["config-docs", "node", ["tools/checks/config-docs.mjs"]],
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !gates.some(([gate]) => gate === name));
if (unknown.length > 0) {
  console.error(
    `No such check: ${unknown.join(", ")}. There are: ${gates.map(([name]) => name).join(", ")}.`,
  );
  process.exit(2);
}
const failed = [];
for (const [name, command, args] of gates) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const start = Date.now();
  process.stdout.write(`${name.padEnd(12)}`);
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    env: environment,
    encoding: "utf8",
  });
  console.log(`${status === 0 ? "ok" : "FAILED"}  ${((Date.now() - start) / 1000).toFixed(1)} s`);
  if (status === 0) continue;
  failed.push(name);
  process.stdout.write(`${stdout ?? ""}${stderr ?? ""}\n`);
}
if (failed.length > 0) {
  console.error(
    `Failed: ${failed.join(", ")}. Run one alone with \`npm run check -- ${String(failed[0])}\`.`,
  );
  process.exitCode = 1;
}
