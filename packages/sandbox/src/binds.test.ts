import { mkdirSync, mkdtempSync, realpathSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { judgeBind } from "./binds.ts";

let home: string;
let rules: Parameters<typeof judgeBind>[1];

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "clawd-binds-")));
  mkdirSync(join(home, "clawd/data"), { recursive: true });
  rules = { home, own: [join(home, "state")], roots: [join(home, "clawd")], mayBeExternal: true };
});

const refusal = (bind: string, own = rules) => {
  const verdict = judgeBind(bind, own);
  return verdict.ok ? null : verdict.reason;
};

test("a directory of a workspace is mounted, read-only unless it says otherwise", () => {
  expect(judgeBind(`${home}/clawd/data:/data`, rules)).toEqual({
    ok: true,
    mount: { source: `${home}/clawd/data`, target: "/data", isReadOnly: true },
  });
  expect(judgeBind(`${home}/clawd/data:/data:rw`, rules)).toMatchObject({ mount: { isReadOnly: false } });
});

test.each([
  "/:/host",
  "//:/host",
  "/etc:/data",
  "/./etc:/data",
  "/etc/../etc:/data",
  "//proc:/data",
  "/proc/self/root:/data",
  "/dev:/data",
  "/var:/data",
  "/var/run/docker.sock:/data",
  "/run/docker.sock:/docker.sock",
  "/run/user/1000/podman/podman.sock:/data",
  "/home:/data",
  "relative:/data",
  "/data",
  "/data:/data:z",
  "/data:/data:ro,rshared",
  "/a:/b:rw:x",
  "",
])("%j is refused", (bind) => {
  expect(refusal(bind, { ...rules, home: "/home/anna" })).not.toBeNull();
});

test.each([
  ".ssh",
  ".aws",
  ".docker",
  ".config/gh",
  ".bashrc",
  "state",
  "state/credentials",
  "",
  "clawd/../.ssh",
])("of the home directory, %j is refused", (name) => {
  expect(refusal(`${join(home, name)}:/data`)).not.toBeNull();
});

test("a link does not hide where a bind comes from, also below a leaf that does not exist", () => {
  symlinkSync("/etc", join(home, "clawd/innocent"));
  mkdirSync(join(home, ".ssh"));
  symlinkSync(join(home, ".ssh"), join(home, "clawd/keys"));
  symlinkSync("innocent", join(home, "clawd/again"));
  for (const name of ["innocent", "innocent/missing/leaf", "keys", "keys/id", "again"])
    expect(refusal(`${home}/clawd/${name}:/data`), name).not.toBeNull();
});

test("links in a circle are refused", () => {
  symlinkSync("b", join(home, "clawd/a"));
  symlinkSync("a", join(home, "clawd/b"));
  expect(refusal(`${home}/clawd/a:/data`, { ...rules, mayBeExternal: false })).not.toBeNull();
});

test.each([
  "/workspace",
  "/workspace/sub",
  "/agent",
  "/",
  "/proc/x",
  "/etc/passwd",
  "/run/clawd",
  "/run",
  "/usr/bin",
])("nothing is mounted over %s", (target) => {
  expect(refusal(`${home}/clawd/data:${target}`)).toContain("would cover");
});

test("what lies outside the workspaces needs the dangerous switch", () => {
  mkdirSync(join(home, "projects"));
  expect(refusal(`${home}/projects:/data`)).toBeNull();
  expect(refusal(`${home}/projects:/data`, { ...rules, mayBeExternal: false })).toContain(
    "outside the workspaces",
  );
});
