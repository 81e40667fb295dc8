/** What `npm run new:provider` makes passes the type check and the conformance suite as it is. */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** A copy of what the script and its product need of the repository. */
function aCopy(): string {
  const copy = mkdtempSync(join(tmpdir(), "new-provider-"));
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  for (const directory of ["tools", "packages", "apps", "examples"]) mkdirSync(join(copy, directory));
  for (const file of [
    "tools/new-provider.mjs",
    // Every test's sockets are watched.
    "tools/tests",
    "tools/checks/declared-connections.mjs",
    "tsconfig.base.json",
    "vitest.config.ts",
    "package.json",
  ]) {
    cpSync(join(root, file), join(copy, file), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  symlinkSync(join(root, "packages/provider-kit"), join(copy, "packages/provider-kit"));
  return copy;
}

function run(copy: string, command: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: copy, encoding: "utf8" });
  return { status, output: `${stdout}${stderr}` };
}

const create = (copy: string, ...args: string[]) =>
  run(copy, process.execPath, "tools/new-provider.mjs", ...args);

/** What `pnpm install` would do for the new package. */
function install(copy: string, name: string): void {
  const modules = join(copy, "packages", name, "node_modules");
  mkdirSync(join(modules, "@clawd"), { recursive: true });
  for (const one of ["kernel", "provider-kit"])
    symlinkSync(join(root, "packages", one), join(modules, "@clawd", one));
  const dependencies = join(root, "packages/config/node_modules");
  for (const one of ["tsup", "vitest", "zod"]) symlinkSync(join(dependencies, one), join(modules, one));
}

describe("new-provider", () => {
  test("makes a package that passes the type check and the conformance suite", () => {
    const copy = aCopy();
    expect(create(copy, "matrix")).toMatchObject({
      status: 0,
      output: expect.stringContaining("npm test -- --project provider-matrix"),
    });
    install(copy, "provider-matrix");
    const binary = (name: string) => join(root, "node_modules/.bin", name);
    expect(run(copy, binary("tsc"), "-p", "packages/provider-matrix")).toEqual({ status: 0, output: "" });
    const tests = run(copy, binary("vitest"), "run", "--root", copy, "--project", "provider-matrix");
    expect(tests.output).toMatch(/provider conformance: matrix|Tests .*passed/);
    expect(tests.status, tests.output).toBe(0);
  }, 120_000);

  test("leaves no trace of the example it was made from", () => {
    const copy = aCopy();
    create(copy, "matrix");
    const folder = join(copy, "packages/provider-matrix");
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      expect(readFileSync(join(entry.parentPath, entry.name), "utf8"), entry.name).not.toMatch(
        /example(?! )/i,
      );
    }
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name: string };
    expect(manifest.name).toBe("@clawd/provider-matrix");
  });

  test.each([
    [[], /Which network/],
    [["Matrix"], /lower-case/],
    [["my-net"], /lower-case/],
    [["../evil"], /lower-case/],
    [["4chan"], /first one a letter/],
    [["kit"], /taken/],
    [["one", "two"], /one too many/],
  ])("refuses %j and says what is right", (args, message) => {
    const copy = aCopy();
    const { status, output } = create(copy, ...args);
    expect([status, output]).toEqual([2, expect.stringMatching(message)]);
    expect(output).toMatch(/npm run new:provider/);
    expect(readdirSync(join(copy, "packages"))).toEqual(["provider-kit"]);
  });

  test("never writes over a package that exists", () => {
    const copy = aCopy();
    create(copy, "matrix");
    rmSync(join(copy, "packages/provider-matrix/README.md"));
    expect(create(copy, "matrix")).toMatchObject({
      status: 2,
      output: expect.stringContaining("exists already"),
    });
    expect(existsSync(join(copy, "packages/provider-matrix/README.md"))).toBe(false);
  });
});
