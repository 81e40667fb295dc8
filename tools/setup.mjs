// All set-up from a clean clone, on any Node from 20: pnpm, the dependencies, the gateway's build. Does nothing when nothing changed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const pnpmVersion = packageManager.replace("pnpm@", "");
const tools = join(root, ".tools", `pnpm-${pnpmVersion}`);
const stampFile = join(root, ".tools", "setup.json");

/** The environment in which the workspace's own programs and its own Node come first. */
export const environment = {
  ...process.env,
  PATH: [join(root, "node_modules", ".bin"), join(tools, "bin"), process.env.PATH].join(delimiter),
  TURBO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
};

/** The workspace's Node (24), or the one that runs this where the locked package has none for the platform. */
export function workspaceNode() {
  const local = join(root, "node_modules", ".bin", "node");
  return existsSync(local) ? local : process.execPath;
}

/** Installs and builds what is missing or out of date; says what it does on stderr. */
export function setUp() {
  let installed = installStamp();
  const built = stamp(["tsconfig.base.json", ...manifests(), ...sources()]);
  const last = existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, "utf8")) : {};
  if (last.installed !== installed || !existsSync(join(root, "node_modules"))) {
    installPnpm();
    // Elsewhere than in CI the lockfile may follow a package that was just made.
    const frozen = process.env.CI ? ["--frozen-lockfile"] : [];
    step("Installing dependencies", "pnpm", ["install", ...frozen, "--reporter=silent"]);
    installed = installStamp();
  }
  if (last.built !== built || !existsSync(join(root, "apps/gateway/dist/main.js"))) {
    const output = ["--output-logs=errors-only", "--log-prefix=none"];
    step("Building the gateway", "turbo", ["run", "build", "--filter=clawdbot", ...output]);
  }
  mkdirSync(join(root, ".tools"), { recursive: true });
  writeFileSync(stampFile, `${JSON.stringify({ installed, built })}\n`);
}

function installPnpm() {
  if (existsSync(join(tools, "bin", "pnpm"))) return;
  const quiet = ["--no-fund", "--no-audit", "--loglevel=error"];
  const command = ["install", "--global", "--prefix", tools, "--allow-scripts=pnpm", ...quiet];
  step(`Fetching pnpm ${pnpmVersion}`, "npm", [...command, `pnpm@${pnpmVersion}`]);
}

function step(title, command, args) {
  const start = Date.now();
  process.stderr.write(`${title} … `);
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    env: environment,
    encoding: "utf8",
  });
  if (status === 0) {
    process.stderr.write(`${((Date.now() - start) / 1000).toFixed(1)} s\n`);
    return;
  }
  process.stderr.write(`failed\n${stdout ?? ""}${stderr ?? ""}${error ? `${error.message}\n` : ""}`);
  process.stderr.write(`Hint: run \`${command} ${args.join(" ")}\` to see more.\n`);
  process.exit(1);
}

function installStamp() {
  return stamp(["pnpm-lock.yaml", "pnpm-workspace.yaml", ...manifests()]);
}

function stamp(files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

function packages() {
  const folders = ["packages", "apps", "examples"].filter((folder) => existsSync(join(root, folder)));
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(join(root, folder, entry.name, "package.json")))
      .map((entry) => join(folder, entry.name)),
  );
}

function manifests() {
  return ["package.json", ...packages().map((path) => join(path, "package.json"))];
}

function sources() {
  return packages().flatMap((path) => {
    const folder = join(root, path, "src");
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
  });
}
