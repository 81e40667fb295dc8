import assert from "node:assert/strict";
import { fails, type PlaceCase, type PlaceWorld } from "./world.ts";

/** The living processes with this word in their arguments; the brackets keep the search from finding itself. */
const alive = async (world: PlaceWorld, word: string) => {
  const pattern = `${word.slice(0, -1)}[${word.slice(-1)}]`;
  const found = await world.shell(`grep -l '${pattern}' /proc/[0-9]*/cmdline 2>/dev/null; true`);
  return found.split("\n").filter(Boolean);
};

const hostileArguments = [
  "; id",
  "&& id",
  "| id",
  "`id`",
  "$(id)",
  "${HOME}",
  "\n\r\\\n",
  "*",
  "~",
  "'\"",
  "-e",
  "--",
  "",
  "\u200b\u202e\uff04",
  "é\u0301",
];

export const commandCases: readonly PlaceCase[] = [
  {
    id: "command-output",
    promise: "both streams, the exit code and the time are told",
    async run(world) {
      const done = await world.run(["/bin/sh", "-c", "echo out; echo err >&2; exit 3"]);
      assert.deepEqual(
        [done.stdout, done.stderr, done.code, done.signal, done.isTimedOut],
        ["out\n", "err\n", 3, null, false],
      );
      assert.ok(done.durationMs >= 0);
    },
  },
  {
    id: "command-argv",
    promise: "arguments arrive byte for byte, with no shell between",
    async run(world) {
      const done = await world.run(["/bin/sh", "-c", 'printf "%s\\036" "$@"', "sh", ...hostileArguments]);
      assert.deepEqual(done.stdout.split("\x1e").slice(0, -1), hostileArguments);
    },
  },
  {
    id: "command-path",
    promise: "a program without a slash is looked for in the PATH of the request",
    async run(world) {
      assert.equal((await world.run(["sh", "-c", "echo found"])).stdout, "found\n");
    },
  },
  {
    id: "command-missing",
    promise: "a program that is not there, or cannot be run, is a fault of the start",
    async run(world) {
      await world.write("text", "no program");
      await fails(world.command(["/no/such/program"]), "CLAWD_COMMAND_START");
      await fails(world.command(["no-such-program-anywhere"]), "CLAWD_COMMAND_START");
      await fails(world.command([`${world.place.home}/text`]), "CLAWD_COMMAND_START");
    },
  },
  {
    id: "command-nul",
    promise: "a NUL in an argument is refused",
    async run(world) {
      await fails(world.command(["/bin/echo", "a\0b"]), "CLAWD_COMMAND_START");
    },
  },
  {
    id: "command-cwd",
    promise: "a command starts in the directory that was named",
    async run(world) {
      await world.shell("mkdir -p a/b");
      const done = await world.run(["/bin/sh", "-c", "/bin/pwd"], { cwd: "a/b" });
      assert.equal(done.stdout, `${world.place.home}/a/b\n`);
      await fails(world.command(["/bin/true"], { cwd: "nothing" }), "CLAWD_FILE_MISSING");
      await world.write("file", "");
      await fails(world.command(["/bin/true"], { cwd: "file" }), "CLAWD_FILE_KIND");
    },
  },
  {
    id: "command-environment",
    promise: "the environment is what was given, with nothing of the gateway's",
    async run(world) {
      const { base, settable } = world.place.environment;
      const extra = settable[0];
      const environment = { ...base, ...(extra !== undefined && { [extra]: "a b=c" }) };
      const names = (await world.run(["env"], { environment })).stdout
        .split("\n")
        .map((line) => line.split("=")[0]!)
        .filter((name) => name !== "" && !name.startsWith("CLAWD_"));
      const shell = ["PWD", "SHLVL", "_", "OLDPWD"];
      assert.deepEqual(
        names.filter((name) => !(name in environment) && !shell.includes(name)),
        [],
      );
      assert.ok(names.includes("PATH") && names.includes("HOME"));
    },
  },
  {
    id: "command-environment-refused",
    promise: "names that are not on the list are refused, and values that no environment holds",
    async run(world) {
      const { base, settable } = world.place.environment;
      const withName = (name: string, value = "x") =>
        world.command(["/bin/true"], { environment: { ...base, [name]: value } });
      for (const name of [
        "LD_PRELOAD",
        "NODE_OPTIONS",
        "BASH_ENV",
        "GIT_SSH_COMMAND",
        "a b",
        "",
        "A=B",
        "A\0",
      ])
        await fails(withName(name), "CLAWD_COMMAND_ENVIRONMENT");
      const own = settable[0];
      const values = ["a\0b", "a\nb", "a\rb", "x".repeat(70_000)];
      for (const value of own === undefined ? [] : values)
        await fails(withName(own!, value), "CLAWD_COMMAND_ENVIRONMENT");
    },
  },
  {
    id: "command-input",
    promise: "input arrives, and ends when it is ended",
    async run(world) {
      const command = await world.command(["cat"], { input: "pipe" });
      await command.write(Buffer.from("one "));
      await command.write(Buffer.from("two"));
      command.endInput();
      let text = "";
      for await (const { bytes } of command.output) text += Buffer.from(bytes).toString();
      assert.equal(text, "one two");
      assert.equal((await command.exit).code, 0);
    },
  },
  {
    id: "command-input-none",
    promise: "without input a command sees the end of it at once",
    async run(world) {
      assert.equal((await world.run(["/bin/sh", "-c", "cat; echo end"])).stdout, "end\n");
    },
  },
  {
    id: "command-input-over",
    promise: "writing to a command that is over is a fault",
    async run(world) {
      const command = await world.command(["/bin/true"], { input: "pipe" });
      for await (const _ of command.output) assert.fail("no output was expected");
      await command.exit;
      await fails(command.write(Buffer.from("late")), "CLAWD_COMMAND_INPUT");
    },
  },
  {
    id: "command-signal",
    promise: "a signal that ended the command is named",
    async run(world) {
      const done = await world.run(["/bin/sh", "-c", "kill -TERM $$"]);
      assert.deepEqual([done.code, done.signal, done.isTimedOut], [null, "SIGTERM", false]);
    },
  },
  {
    id: "command-large-output",
    promise: "20 MB of output arrive whole",
    async run(world) {
      const command = await world.command(["/bin/sh", "-c", "head -c 20000000 /dev/zero"]);
      let bytes = 0;
      for await (const piece of command.output) bytes += piece.bytes.length;
      assert.equal(bytes, 20_000_000);
      assert.equal((await command.exit).code, 0);
    },
  },
  {
    id: "command-waits",
    promise: "a command whose output nobody takes waits, while others go on",
    async run(world) {
      const slow = await world.command(["/bin/sh", "-c", "head -c 30000000 /dev/zero; : > done"]);
      assert.equal(
        (await world.run(["/bin/sh", "-c", "head -c 3000000 /dev/zero | wc -c"])).stdout.trim(),
        "3000000",
      );
      await world.run(["sleep", "0.3"]);
      assert.equal(await world.place.files.stat("done"), null);
      let bytes = 0;
      for await (const piece of slow.output) bytes += piece.bytes.length;
      assert.equal(bytes, 30_000_000);
      await slow.exit;
      assert.equal((await world.place.files.stat("done"))?.kind, "file");
    },
  },
  {
    id: "command-kill",
    promise: "kill ends the command and all that it started, daemons too, and may be repeated",
    async run(world) {
      const script =
        "setsid sleep 7301 & (setsid sleep 7301 </dev/null >/dev/null 2>&1 &); sleep 7301 & echo up; wait";
      const command = await world.command(["/bin/sh", "-c", `trap '' TERM HUP; ${script}`]);
      for await (const { bytes } of command.output) {
        if (!Buffer.from(bytes).toString().includes("up")) continue;
        assert.ok((await alive(world, "7301")).length > 0);
        command.kill();
        command.kill();
      }
      assert.equal((await command.exit).isTimedOut, false);
      assert.deepEqual(await alive(world, "7301"), []);
    },
  },
  {
    id: "command-timeout",
    promise: "a timeout ends the whole tree and is told",
    async run(world) {
      const script = "(setsid sleep 7302 &); trap '' TERM; while :; do sleep 7302; done";
      const done = await world.run(["/bin/sh", "-c", script], { timeoutMs: 300 });
      assert.deepEqual([done.isTimedOut, done.code, done.signal], [true, null, "SIGKILL"]);
      assert.deepEqual(await alive(world, "7302"), []);
    },
  },
  {
    id: "command-kill-unread",
    promise: "a killed command settles although nobody takes its output",
    async run(world) {
      const command = await world.command([
        "/bin/sh",
        "-c",
        "while :; do echo yyyyyyyyyyyyyyyyyyyyyyyy; done",
      ]);
      await world.run(["sleep", "0.1"]);
      command.kill();
      assert.equal((await command.exit).signal, "SIGKILL");
    },
  },
  {
    id: "command-many",
    promise: "thirty commands at once each have their own output",
    async run(world) {
      const numbers = Array.from({ length: 30 }, (_, index) => String(index));
      const done = await Promise.all(numbers.map((number) => world.run(["/bin/echo", number])));
      assert.deepEqual(
        done.map(({ stdout }) => stdout.trim()),
        numbers,
      );
    },
  },
  {
    id: "command-files",
    promise: "files and commands see the same",
    async run(world) {
      await world.write("in", "from the files\n");
      assert.equal(await world.shell("cat in; echo from the command > out"), "from the files\n");
      assert.equal(await world.read("out"), "from the command\n");
    },
  },
  {
    id: "receipt",
    promise: "the place says where it is",
    async run({ place }) {
      assert.ok(place.receipt.place === "host" || place.receipt.container.length > 0);
      assert.ok(place.home.startsWith("/"));
    },
  },
];
