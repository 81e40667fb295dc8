// `npm test`: all set-up, then every test. The last line is "N passed, N failed".
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { environment, root, setUp } from "./setup.mjs";

setUp();
const report = join(root, ".tools", "test-report.json");
mkdirSync(join(root, ".tools"), { recursive: true });
rmSync(report, { force: true });
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
const { status } = spawnSync("vitest", ["run", ...reporters, ...process.argv.slice(2)], {
  cwd: root,
  // What was just built is what the gateway's tests run.
  env: { ...environment, CLAWD_TEST_BUILT: "1" },
  stdio: "inherit",
});
const counts = count();
for (const line of whatIsSkipped()) console.log(line);
console.log(
  `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ""}`,
);
process.exitCode = status === 0 && counts.failed === 0 && counts.passed > 0 ? 0 : 1;

/** From Vitest's JSON report; a test file that did not load, or a missing report, is a failure. */
function count() {
  const result = readReport();
  if (result === null) return { passed: 0, failed: 1, skipped: 0 };
  const unloaded = result.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  ).length;
  const failed = result.numFailedTests + unloaded;
  return {
    passed: result.numPassedTests,
    failed: failed === 0 && !result.success ? 1 : failed,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

function readReport() {
  try {
    return JSON.parse(readFileSync(report, "utf8"));
  } catch {
    return null;
  }
}

/** A title says what a test lacks as `[needs SOMETHING]`; the rest is named by its file. */
function whatIsSkipped() {
  const remedies = {
    CLAWD_TEST_DOCKER_HOST: "a container engine; `node tools/engine.mjs start` makes one",
    "the browser's image": "`node tools/engine.mjs images browser`, once the engine runs",
  };
  const groups = new Map();
  for (const file of readReport()?.testResults ?? [])
    for (const { status: outcome, fullName } of file.assertionResults) {
      if (outcome === "passed" || outcome === "failed") continue;
      const need = [...fullName.matchAll(/\[needs ([^\]]+)\]/g)].at(-1)?.[1];
      const group =
        need === undefined
          ? `of ${file.name.slice(root.length)}: ${fullName}`
          : `that need ${need}${remedies[need] ? ` (${remedies[need]})` : ""}`;
      groups.set(group, (groups.get(group) ?? 0) + 1);
    }
  return [...groups].map(([group, number]) => `Skipped: ${number} ${group}`);
}
