import assert from "node:assert/strict";
import { fails, type PlaceCase } from "./world.ts";

export const linkCases: readonly PlaceCase[] = [
  {
    id: "link-stat",
    promise: "a link is a link for stat and in listings",
    async run(world) {
      await world.shell("echo x > a; ln -s a link; ln -s /etc out");
      assert.equal((await world.place.files.stat("link"))?.kind, "link");
      assert.equal((await world.place.files.stat("out"))?.kind, "link");
    },
  },
  {
    id: "link-outside",
    promise: "a link that leads outside is not followed, for nothing, wherever in the path it stands",
    async run(world) {
      await world.shell(
        "ln -s /bin out; ln -s /bin/sh file; ln -s ../.. up; mkdir d; ln -s ../../../../etc d/e",
      );
      const { files } = world.place;
      for (const path of ["out/sh", "file", "up/etc/passwd", "d/e/passwd"])
        await fails(files.read(path, { maxBytes: 10_000_000 }), "CLAWD_FILE_LINK");
      for (const path of ["out", "up", "d/e"]) {
        await fails(files.list(path, 10), "CLAWD_FILE_LINK");
        await fails(world.write(`${path}/planted`, "x"), "CLAWD_FILE_LINK");
        await fails(files.stat(`${path}/passwd`), "CLAWD_FILE_LINK");
        await fails(world.command(["/bin/true"], { cwd: path }), "CLAWD_FILE_LINK");
      }
    },
  },
  {
    id: "link-write",
    promise: "nothing is written or removed through a link, nor a link replaced, wherever it leads",
    async run(world) {
      await world.shell(
        "mkdir dir; echo old > dir/a; ln -s dir link; ln -s dir/a file; ln -s nothing dangling",
      );
      const { files } = world.place;
      for (const path of ["link/a", "link/new", "file", "dangling"]) {
        await fails(world.write(path, "new"), "CLAWD_FILE_LINK");
        await fails(files.write(path, Buffer.from("new"), "absent"), "CLAWD_FILE_LINK", "CLAWD_FILE_CHANGED");
      }
      await fails(files.remove("link/a"), "CLAWD_FILE_LINK");
      await fails(files.remove("file"), "CLAWD_FILE_LINK");
      assert.equal(await world.shell("cat dir/a; ls dir"), "old\na\n");
    },
  },
  {
    id: "link-inside",
    promise: "a link that stays inside is followed for reading, or refused as a link",
    async run(world) {
      await world.shell("mkdir -p a/b; echo deep > a/b/f; ln -s a/b short; ln -s ../b/f a/b/again");
      for (const path of ["short/f", "a/b/again"]) {
        const text = await world
          .read(path)
          .catch((fault: unknown) => fails(Promise.reject(fault), "CLAWD_FILE_LINK"));
        assert.ok(text === undefined || text === "deep\n");
      }
    },
  },
  {
    id: "link-loop",
    promise: "links that lead to each other end in a fault",
    async run(world) {
      await world.shell("ln -s b a; ln -s a b; ln -s . self");
      await fails(world.read("a"), "CLAWD_FILE_LINK");
      await fails(world.read(`${"self/".repeat(100)}a`), "CLAWD_FILE_LINK");
    },
  },
  {
    id: "link-hard",
    promise: "a file with a second name is read, and not written",
    async run(world) {
      await world.shell("echo one > a; ln a b");
      assert.equal(await world.read("b"), "one\n");
      await fails(world.write("b", "two"), "CLAWD_FILE_LINK");
      assert.equal(await world.read("a"), "one\n");
    },
  },
];
