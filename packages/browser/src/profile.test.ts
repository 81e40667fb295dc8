/** Where the gateway is root: what it writes and gives away is what it made, whoever else runs as the browsers' user. */
import fs, {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { makeProfile, sweepProfiles } from "./profile.ts";

const isRoot = process.getuid?.() === 0;
const installation = "profiletest";
const user = 10_002;
const steps = ["chownSync", "lchownSync", "mkdirSync", "writeFileSync"] as const;
const usual = Object.fromEntries(steps.map((step) => [step, fs[step]]));
const { chownSync } = fs;
const made: string[] = [];

afterEach(() => {
  Object.assign(fs, usual);
  syncBuiltinESMExports();
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** Somebody of the browsers' user, quick enough to act before each step of whoever makes a profile. */
function beforeEachStep(act: (directory: string) => void): void {
  for (const step of steps) {
    const real = usual[step] as (...given: readonly unknown[]) => unknown;
    const slow = (...given: readonly unknown[]) => {
      const [directory] = /^.*profiletest-[^/]+/.exec(String(given[0])) ?? [];
      // What is not theirs yet they cannot enter.
      if (directory !== undefined && lstatSync(directory).uid === user) act(directory);
      return real(...given);
    };
    Object.assign(fs, { [step]: slow });
  }
  syncBuiltinESMExports();
}

test.runIf(isRoot)("a link that is planted while a profile is made leads nowhere", () => {
  const victim = mkdtempSync(join(tmpdir(), "victim-"));
  made.push(victim);
  beforeEachStep((directory) => {
    const inner = join(directory, "Default");
    if (!existsSync(inner) || lstatSync(inner).isSymbolicLink()) return;
    renameSync(inner, `${inner}.away`);
    symlinkSync(victim, inner);
  });
  try {
    made.push(makeProfile(installation, user).directory);
  } catch {
    // Whether it is made is not the question.
  }
  expect([lstatSync(victim).uid, readdirSync(victim)]).toEqual([0, []]);
});

test.runIf(isRoot)("everything of a profile belongs to the browser's user, and nobody else reads it", () => {
  const { directory } = makeProfile(installation, user);
  made.push(directory);
  const modes = ["", "Local State", "Default", "Default/Preferences"].map((name) => {
    const { uid, gid, mode } = lstatSync(join(directory, name));
    return [uid, gid, mode & 0o077];
  });
  expect(modes).toEqual(Array(4).fill([user, user, 0]));
});

test.runIf(isRoot)("what another user calls like one of ours stays", () => {
  const theirs = join(tmpdir(), `clawd-browser-${installation}-theirs`);
  const ours = makeProfile(installation, user).directory;
  mkdirSync(theirs);
  chownSync(theirs, 12_345, 12_345);
  made.push(theirs, ours);
  sweepProfiles(installation);
  expect([existsSync(theirs), existsSync(ours)]).toEqual([true, false]);
});

test.runIf(isRoot)("what is removed cannot be entered any more by other browsers of its user", () => {
  const profile = makeProfile(installation, user);
  made.push(profile.directory);
  const owners: number[] = [];
  const { rmSync: real } = fs;
  const remove: typeof rmSync = (path, options) => {
    owners.push(lstatSync(path).uid);
    real(path, options);
  };
  Object.assign(fs, { rmSync: remove });
  syncBuiltinESMExports();
  profile.remove();
  Object.assign(fs, { rmSync: real });
  syncBuiltinESMExports();
  profile.remove();
  expect([owners, existsSync(profile.directory)]).toEqual([[0], false]);
});
