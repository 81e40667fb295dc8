import assert from "node:assert/strict";
import { fails, type PlaceCase } from "./world.ts";

export const fileCases: readonly PlaceCase[] = [
  {
    id: "file-bytes",
    promise: "bytes come back as they were written, all 256 of them",
    async run({ place }) {
      const bytes = Uint8Array.from({ length: 1024 }, (_, index) => index);
      const { size, kind } = await place.files.write("bytes", bytes);
      assert.deepEqual([size, kind], [1024, "file"]);
      assert.deepEqual(
        Buffer.from((await place.files.read("bytes", { maxBytes: 1024 })).bytes),
        Buffer.from(bytes),
      );
    },
  },
  {
    id: "file-large",
    promise: "a file of 5 MB is written and read whole",
    async run({ place }) {
      const bytes = Buffer.alloc(5_000_000, "0123456789abcde\n");
      await place.files.write("large", bytes);
      const read = await place.files.read("large", { maxBytes: 5_000_000 });
      assert.ok(bytes.equals(read.bytes));
    },
  },
  {
    id: "file-empty",
    promise: "an empty file is a file",
    async run(world) {
      await world.write("empty", "");
      assert.equal(await world.read("empty", 0), "");
      assert.equal((await world.place.files.stat("empty"))?.size, 0);
    },
  },
  {
    id: "file-too-large",
    promise: "a whole file that is longer than the limit is refused, not cut",
    async run(world) {
      await world.write("ten", "0123456789");
      await fails(world.read("ten", 9), "CLAWD_FILE_TOO_LARGE");
      assert.equal(await world.read("ten", 10), "0123456789");
    },
  },
  {
    id: "file-range",
    promise: "a range gives what is there of it",
    async run(world) {
      await world.write("ten", "0123456789");
      const part = async (offset: number, maxBytes: number) =>
        Buffer.from((await world.place.files.read("ten", { offset, maxBytes })).bytes).toString();
      assert.deepEqual(
        [await part(0, 3), await part(8, 5), await part(10, 5), await part(99, 5)],
        ["012", "89", "", ""],
      );
    },
  },
  {
    id: "file-missing",
    promise: "what is not there is a fault when it is read, listed or removed, and null for stat",
    async run({ place }) {
      assert.equal(await place.files.stat("nothing/here"), null);
      await fails(place.files.read("nothing", { maxBytes: 1 }), "CLAWD_FILE_MISSING");
      await fails(place.files.list("nothing", 1), "CLAWD_FILE_MISSING");
      await fails(place.files.remove("nothing"), "CLAWD_FILE_MISSING");
    },
  },
  {
    id: "file-kind",
    promise: "a directory is not read or written as a file, nor a file listed or walked through",
    async run(world) {
      await world.write("dir/file", "x");
      await fails(world.read("dir"), "CLAWD_FILE_KIND");
      await fails(world.write("dir", "x"), "CLAWD_FILE_KIND");
      await fails(world.place.files.list("dir/file", 1), "CLAWD_FILE_KIND");
      await fails(world.read("dir/file/x"), "CLAWD_FILE_KIND", "CLAWD_FILE_MISSING");
      await fails(world.write("dir/file/x", "x"), "CLAWD_FILE_KIND");
    },
  },
  {
    id: "file-fifo",
    promise: "a FIFO is neither waited for nor read, written or removed",
    async run(world) {
      await world.shell("mkfifo fifo");
      assert.equal((await world.place.files.stat("fifo"))?.kind, "other");
      await fails(world.read("fifo"), "CLAWD_FILE_KIND");
      await fails(world.write("fifo", "x"), "CLAWD_FILE_KIND");
      await fails(world.place.files.remove("fifo"), "CLAWD_FILE_KIND");
    },
  },
  {
    id: "file-version",
    promise: "the version changes with the file and with nothing else",
    async run(world) {
      const first = await world.write("a", "one");
      assert.equal((await world.place.files.stat("a"))?.version, first.version);
      assert.equal((await world.place.files.read("a", { maxBytes: 9 })).stat.version, first.version);
      const second = await world.write("a", "two");
      assert.notEqual(second.version, first.version);
    },
  },
  {
    id: "file-expect",
    promise: "a write that expects a version is done to that version alone",
    async run(world) {
      const { files } = world.place;
      const { version } = await world.write("a", "one");
      await files.write("a", Buffer.from("two"), { version });
      await fails(files.write("a", Buffer.from("three"), { version }), "CLAWD_FILE_CHANGED");
      await fails(files.write("b", Buffer.from("x"), { version }), "CLAWD_FILE_CHANGED");
      assert.equal(await world.read("a"), "two");
      assert.equal(await files.stat("b"), null);
    },
  },
  {
    id: "file-expect-absent",
    promise: "a write that expects nothing there replaces nothing",
    async run(world) {
      const { files } = world.place;
      await files.write("new/a", Buffer.from("one"), "absent");
      await fails(files.write("new/a", Buffer.from("two"), "absent"), "CLAWD_FILE_CHANGED");
      assert.equal(await world.read("new/a"), "one");
    },
  },
  {
    id: "file-replaced-whole",
    promise: "a reader of the old file keeps the old bytes: files are replaced, not written over",
    async run(world) {
      await world.write("a", "old old old");
      const command = await world.command(["/bin/sh", "-c", "exec 3<a; echo open; read line; cat <&3"], {
        input: "pipe",
      });
      let text = "";
      for await (const { bytes } of command.output) {
        if (text === "") {
          await world.write("a", "new");
          await command.write(Buffer.from("\n"));
          command.endInput();
        }
        text += Buffer.from(bytes).toString();
      }
      assert.equal(text, "open\nold old old");
      assert.equal(await world.read("a"), "new");
    },
  },
  {
    id: "file-mode",
    promise: "a file that is replaced keeps its mode",
    async run(world) {
      await world.write("script", "#!/bin/sh\necho one\n");
      await world.shell("chmod 750 script");
      await world.write("script", "#!/bin/sh\necho two\n");
      assert.equal(await world.shell("./script; ls -l script | cut -c1-10"), "two\n-rwxr-x---\n");
    },
  },
  {
    id: "file-tidy",
    promise: "neither a write nor a refused one leaves another file behind",
    async run(world) {
      await world.write("a", "one");
      await world.write("a", "two");
      await fails(world.place.files.write("a", Buffer.from("x"), "absent"), "CLAWD_FILE_CHANGED");
      assert.equal(await world.shell("ls -A"), "a\n");
    },
  },
  {
    id: "file-list",
    promise: "a listing is in the order of the names in bytes, with kinds and sizes",
    async run(world) {
      for (const name of ["b", "B", "é", "a.b", "a"]) await world.write(name, name);
      await world.shell("mkdir dir; ln -s a link");
      const { entries, isCut } = await world.place.files.list(".", 100);
      assert.deepEqual(
        entries.map(({ name, kind }) => `${name} ${kind}`),
        ["B file", "a file", "a.b file", "b file", "dir directory", "link link", "é file"],
      );
      assert.equal(entries.find(({ name }) => name === "é")?.size, 2);
      assert.equal(isCut, false);
    },
  },
  {
    id: "file-list-cut",
    promise: "a listing beyond the limit has the first names and says that there are more",
    async run(world) {
      await world.shell("i=0; while [ $i -lt 30 ]; do : > f$((i+10)); i=$((i+1)); done");
      const { entries, isCut } = await world.place.files.list(".", 3);
      assert.deepEqual([entries.map(({ name }) => name), isCut], [["f10", "f11", "f12"], true]);
    },
  },
  {
    id: "file-remove",
    promise: "files and empty directories are removed, full directories and the home are not",
    async run(world) {
      const { files } = world.place;
      await world.write("dir/a", "x");
      await fails(files.remove("dir"), "CLAWD_FILE_KIND");
      await files.remove("dir/a");
      await files.remove("dir");
      assert.equal(await files.stat("dir"), null);
      await fails(files.remove("."), "CLAWD_FILE_KIND", "CLAWD_FILE_DENIED");
    },
  },
  {
    id: "file-remove-expect",
    promise: "what changed since it was seen is not removed",
    async run(world) {
      const { version } = await world.write("a", "one");
      await world.write("a", "two");
      await fails(world.place.files.remove("a", { version }), "CLAWD_FILE_CHANGED");
      assert.equal(await world.read("a"), "two");
    },
  },
  {
    id: "file-at-once",
    promise: "many writes to one file at once leave one of them, whole",
    async run(world) {
      const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(20_000));
      await Promise.all(texts.map((text) => world.write("a", text)));
      assert.ok(texts.includes(await world.read("a")));
      assert.equal(await world.shell("ls -A"), "a\n");
    },
  },
];
