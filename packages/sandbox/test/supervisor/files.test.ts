import { execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aScene, eventually, type Scene } from "./run.ts";

const asText = ({ bytes }: { readonly bytes: Uint8Array }) => Buffer.from(bytes).toString();

describe.each([
  ["the kernel's openat2", []],
  ["one component after another", ["--walk"]],
])("by %s", (_, args) => {
  let scene: Scene;
  const files = () => scene.supervisor.files;
  beforeAll(async () => {
    scene = await aScene({ arguments: args });
  });
  afterAll(() => scene.end());

  test("a link that stays inside is followed by the kernel, and by nothing else", async () => {
    await scene.run("mkdir -p a/b; echo deep > a/b/f; ln -s a/b short");
    const read = files().read("short/f", { maxBytes: 100 });
    if (args.length === 0) expect(asText(await read)).toBe("deep\n");
    else await expect(read).rejects.toMatchObject({ code: "CLAWD_FILE_LINK" });
  });

  test("deep paths, parents that are missing, and the mode of what is new", async () => {
    const path = `${"x/".repeat(60)}f`;
    await files().write(path, Buffer.from("deep"));
    expect(asText(await files().read(path, { maxBytes: 10 }))).toBe("deep");
    expect((await scene.run(`stat -c %a ${path} x`)).stdout).toBe("644\n755\n");
  });

  test("what is longer than names may be is refused, not cut", async () => {
    const { files: its } = scene.supervisor;
    await expect(its.stat("n".repeat(256))).rejects.toMatchObject({ code: "CLAWD_FILE_OUTSIDE" });
    await expect(its.write("n".repeat(255), Buffer.from("x"))).resolves.toMatchObject({ size: 1 });
  });

  test("a read that grows meanwhile ends at what was asked for", async () => {
    await scene.run("head -c 300000 /dev/zero > growing");
    const growing = await scene.start(["/bin/sh", "-c", "while :; do echo more >> growing; done"]);
    for (let turn = 0; turn < 50; turn++) {
      const { bytes } = await files().read("growing", { offset: 0, maxBytes: 250_000 });
      expect(bytes.length).toBe(250_000);
    }
    growing.kill();
    await growing.exit;
  });

  test("many long reads at once, each whole", async () => {
    await scene.run("for i in 1 2 3 4 5 6; do head -c 3000000 /dev/zero | tr '\\0' $i > big$i; done");
    const read = (name: number) => files().read(`big${name}`, { maxBytes: 3_000_000 });
    const all = await Promise.all([1, 2, 3, 4, 5, 6].map(read));
    for (const [index, { bytes }] of all.entries())
      expect(Buffer.from(bytes).equals(Buffer.alloc(3_000_000, String(index + 1)))).toBe(true);
  });

  test("a directory of five thousand names comes whole and in order", async () => {
    await scene.run("mkdir many; cd many; seq -f %05g 5000 | xargs touch");
    const { entries, isCut } = await files().list("many", 10_000);
    expect([entries.length, entries[0]?.name, entries.at(-1)?.name, isCut]).toEqual([
      5000,
      "00001",
      "05000",
      false,
    ]);
    expect(await files().list("many", 1)).toMatchObject({ entries: [{ name: "00001" }], isCut: true });
  });

  test("a program that is replaced while it runs is no hindrance, and no temporary file stays", async () => {
    await scene.run("cp /bin/sleep ./nap");
    const nap = await scene.start(["./nap", "60"]);
    await files().write("nap", Buffer.from("new"));
    nap.kill();
    await nap.exit;
    expect(readdirSync(scene.home).filter((name) => name.startsWith(".clawd-"))).toEqual([]);
  });

  test("a version is that of one file: its bytes, times, inode and device", async () => {
    const first = await files().write("v", Buffer.from("one"));
    await scene.run("cp -p v other; mv other v");
    await expect(files().write("v", Buffer.from("two"), { version: first.version })).rejects.toMatchObject({
      code: "CLAWD_FILE_CHANGED",
    });
    for (const version of ["", "00", "zz".repeat(40), `${first.version}00`])
      await expect(files().write("v", Buffer.from("two"), { version })).rejects.toMatchObject({
        code: "CLAWD_FILE_CHANGED",
      });
  });
});

test("a root that may only be read is not written, and one that is not there is empty", async () => {
  const scene = await aScene();
  const roots = [
    { path: scene.home, isReadOnly: true },
    { path: "/nothing/here", isReadOnly: false },
  ];
  await scene.run("echo kept > a");
  const narrow = await aScene({ home: scene.home, roots });
  const { files } = narrow.supervisor;
  expect(asText(await files.read("a", { maxBytes: 10 }))).toBe("kept\n");
  for (const refused of [
    files.write("a", Buffer.from("x")),
    files.write("d/b", Buffer.from("x")),
    files.remove("a"),
  ])
    await expect(refused).rejects.toMatchObject({ code: "CLAWD_FILE_READ_ONLY" });
  expect(await files.stat("/nothing/here/a")).toBeNull();
  await expect(files.write("/nothing/here/a", Buffer.from("x"))).rejects.toMatchObject({
    code: "CLAWD_FILE_MISSING",
  });
  await narrow.end();
  await scene.end();
});

test("devices and sockets are refused without being opened for use", async () => {
  const scene = await aScene();
  if (process.getuid?.() === 0) {
    execFileSync("mknod", [join(scene.home, "device"), "c", "1", "5"]);
    execFileSync("chmod", ["666", join(scene.home, "device")]);
    await expect(scene.supervisor.files.read("device", { maxBytes: 1 })).rejects.toMatchObject({
      code: "CLAWD_FILE_KIND",
    });
    await expect(scene.supervisor.files.write("device", Buffer.from("x"))).rejects.toMatchObject({
      code: "CLAWD_FILE_KIND",
    });
  }
  await scene.run(`perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local=>"socket",Listen=>1)'`);
  await expect(scene.supervisor.files.read("socket", { maxBytes: 1 })).rejects.toMatchObject({
    code: "CLAWD_FILE_KIND",
  });
  await scene.end();
});

test("a full disk is told, and the old file stays", { timeout: 60_000 }, async (context) => {
  if (process.getuid?.() !== 0) return context.skip();
  const scene = await aScene();
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=300k,mode=777", "tmpfs", scene.home]);
  try {
    // Its root was opened before the mount, so another supervisor sees it.
    const full = await aScene({ home: scene.home, roots: [{ path: scene.home, isReadOnly: false }] });
    const { files } = full.supervisor;
    await files.write("a", Buffer.from("old"));
    await expect(files.write("a", Buffer.alloc(1_000_000))).rejects.toMatchObject({
      code: "CLAWD_FILE_FULL",
    });
    expect(asText(await files.read("a", { maxBytes: 10 }))).toBe("old");
    expect(await eventually(() => readdirSync(scene.home).join() === "a")).toBe(true);
    await full.end();
  } finally {
    execFileSync("umount", ["-l", scene.home]);
  }
  writeFileSync(join(scene.outside, "done"), "");
  await scene.end();
});
