import {
  existsSync,
  readFileSync,
  readdirSync,
  writeFileSync,
  mkdirSync,
  chmodSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { isClawdError } from "@clawd/kernel";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Command, Listing } from "../../src/place.ts";
import { compiledAttacker } from "./compiled.ts";
import { aScene, finish, type Scene } from "./run.ts";

const operations = Number(process.env["CLAWD_TEST_RACE_OPERATIONS"] ?? 10_000);
const secret = "outside: the gateway's own";
/** What an honest answer may be while names are swapped. */
const honest = ["CLAWD_FILE_LINK", "CLAWD_FILE_CHANGED", "CLAWD_FILE_MISSING", "CLAWD_FILE_KIND"];

describe.each([
  ["the kernel's openat2", []],
  ["one component after another", ["--walk"]],
])("by %s", (_, args) => {
  let scene: Scene;
  let attacker: Command;

  beforeEach(async () => {
    scene = await aScene({ arguments: args });
    expect(scene.supervisor.hello.hasOpenat2).toBe(args.length === 0);
    writeFileSync(join(scene.outside, "file"), secret);
    mkdirSync(join(scene.outside, "made"));
    for (const path of ["", "file", "made"]) chmodSync(join(scene.outside, path), 0o777);
    await scene.run("mkdir dir; echo inside > dir/file");
    symlinkSync(scene.outside, join(scene.home, "swap"));
    const program = compiledAttacker();
    attacker = await scene.start([program, `${scene.home}/dir`, `${scene.home}/swap`]);
  });
  afterEach(async () => {
    attacker.kill();
    await attacker.exit;
    await scene.end();
  });

  /** Runs it often, eight at a time; what it answers is held against what it may. */
  async function often(operation: (turn: number) => Promise<unknown>) {
    let [done, refused] = [0, 0];
    const one = async () => {
      while (done < operations) {
        try {
          await operation(done++);
        } catch (fault) {
          if (!isClawdError(fault)) throw fault;
          expect(honest).toContain(fault.code);
          refused++;
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, one));
    // Both faces of the race were met, or nothing was tested.
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(done);
    expect(readFileSync(join(scene.outside, "file"), "utf8")).toBe(secret);
    expect(readdirSync(scene.outside).toSorted()).toEqual(["file", "made"]);
    expect(readdirSync(join(scene.outside, "made"))).toEqual([]);
  }

  test("nothing outside is read", { timeout: 600_000 }, () =>
    often(async () => {
      const { bytes } = await scene.supervisor.files.read("dir/file", { maxBytes: 1000 });
      expect(Buffer.from(bytes).toString()).toBe("inside\n");
    }),
  );

  test("nothing outside is listed, looked at or started in", { timeout: 600_000 }, () =>
    often(async (turn) => {
      const names = ({ entries }: Listing) => entries.map(({ name }) => name);
      if (turn % 100 === 0)
        expect((await finish(await scene.start(["ls"], { cwd: "dir" }))).stdout).toBe("file\n");
      else if (turn % 2 === 0) expect(await scene.supervisor.files.stat("dir/made")).toBeNull();
      else expect(names(await scene.supervisor.files.list("dir", 10))).toEqual(["file"]);
    }),
  );

  test("nothing outside is written, made or removed", { timeout: 600_000 }, async () => {
    await often(async (turn) => {
      if (turn % 4 === 0) await scene.supervisor.files.remove("dir/made");
      else if (turn % 4 === 1)
        await scene.supervisor.files.write(`dir/made/new${turn % 16}`, Buffer.from("x"));
      else if (turn % 4 === 2) await scene.supervisor.files.write("dir/new", Buffer.from("x"), "absent");
      else await scene.supervisor.files.write("dir/file", Buffer.from("inside\n"));
    });
    expect(existsSync(join(scene.outside, "new"))).toBe(false);
  });
});
