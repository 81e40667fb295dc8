import { afterAll, beforeAll, expect, test } from "vitest";
import { childrenOf, aDuration, sleepers } from "./processes.ts";
import { aScene, environment, eventually, finish, type Scene } from "./run.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await aScene();
});
afterAll(() => scene.end());

const alive = async () => expect((await scene.run("echo alive")).stdout).toBe("alive\n");

test("a timeout kills thirteen daemons that detached themselves in every way", async () => {
  const nap = aDuration();
  const daemon = `setsid sh -c '(setsid sleep ${nap} <&- >&- 2>&- &) & sleep ${nap}' <&- >&- 2>&- &`;
  const script = `for i in 1 2 3 4 5 6; do ${daemon} done; trap '' TERM HUP INT; nohup sleep ${nap}`;
  const running = scene.run(script, { timeoutMs: 2500 });
  expect(await eventually(() => sleepers(nap).length === 13)).toBe(true);
  expect(await running).toMatchObject({ isTimedOut: true, code: null, signal: "SIGKILL" });
  expect(sleepers(nap)).toEqual([]);
  await alive();
});

test("a command that stops its tracker is killed all the same", async () => {
  const nap = aDuration();
  const command = await scene.start(["/bin/sh", "-c", `kill -STOP $PPID; sleep ${nap}`]);
  expect(await eventually(() => sleepers(nap).length === 1)).toBe(true);
  command.kill();
  expect((await finish(command)).signal).toBe("SIGKILL");
  expect(sleepers(nap)).toEqual([]);
});

test("a command that stops its tracker and ends has ended", async () => {
  for (let turn = 0; turn < 20; turn++)
    expect(await scene.run("kill -STOP $PPID; exit 7")).toMatchObject({ code: 7, isTimedOut: false });
});

test("a command that kills its tracker loses its daemons with it", async () => {
  const nap = aDuration();
  const script = `setsid sleep ${nap} <&- >&- 2>&- & sleep 0.1; kill -KILL $PPID; sleep ${nap}`;
  expect(await scene.run(script)).toMatchObject({ signal: "SIGKILL", isTimedOut: false });
  expect(sleepers(nap)).toEqual([]);
  await alive();
});

test("a command that stops everything it may stop is killed at its time", async () => {
  expect(await scene.run("kill -STOP -1; kill -STOP $$; sleep 60", { timeoutMs: 300 })).toMatchObject({
    isTimedOut: true,
    signal: "SIGKILL",
  });
  await alive();
});

test("kill -9 -1 ends the commands of the container, and neither the supervisor nor the next command", async () => {
  const nap = aDuration();
  const other = await scene.start(["sleep", nap]);
  expect((await scene.run("kill -9 -1; sleep 60")).signal).toBe("SIGKILL");
  expect((await finish(other)).signal).toBe("SIGKILL");
  expect(sleepers(nap)).toEqual([]);
  await alive();
});

test("one tracker serves one command after the other; a command that was killed takes its own along", async () => {
  const tracker = async () => (await scene.run("echo $PPID")).stdout.trim();
  const first = await tracker();
  for (let turn = 0; turn < 10; turn++) expect(await tracker()).toBe(first);
  const killed = await scene.run("echo $PPID; sleep 60", { timeoutMs: 100 });
  expect(killed).toMatchObject({ stdout: `${first}\n`, isTimedOut: true });
  expect(await tracker()).not.toBe(first);
});

test("a command that kills its tracker takes no waiting one along", async () => {
  const both = await Promise.all([0, 1].map(() => scene.run("echo $PPID; sleep 0.1")));
  const killed = await scene.run("echo $PPID; sleep 0.1; kill -KILL $PPID; sleep 60");
  const others = both.map(({ stdout }) => stdout).filter((pid) => pid !== killed.stdout);
  expect(others).toHaveLength(1);
  expect((await scene.run("echo $PPID")).stdout).toBe(others[0]);
});

test.each(["KILL", "STOP"])(
  "a waiting tracker that gets a SIG%s fails no command that comes after",
  async (signal) => {
    const others = `for d in /proc/[0-9]*; do p=\${d#/proc/}; case $p in 1|$$|$PPID) ;; *) kill -${signal} $p;; esac; done`;
    for (let turn = 0; turn < 30; turn++) {
      await Promise.all(Array.from({ length: 6 }, () => scene.run("sleep 0.01")));
      expect((await scene.run(`{ ${others}; } 2>/dev/null; exit 0`)).code).toBe(0);
      const after = await Promise.all(Array.from({ length: 7 }, (_, index) => scene.run(`exit ${index}`)));
      expect(after.map(({ code }) => code)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    }
  },
);

test("what one command was given or changed of itself, the next one has not", async () => {
  const long = "x".repeat(100_000);
  const own = { LONG: long, PATH: "/bin", IFS: "!" };
  const changed = await scene.run("umask 0; ulimit -n 20; cd /; trap '' TERM PIPE; echo ${#LONG}", {
    environment: own,
  });
  expect(changed.stdout).toBe("100000\n");
  const plain = await scene.run("umask; pwd; env | sort; grep SigIgn /proc/self/status; ulimit -n");
  expect(plain.stdout.split("\n").slice(0, 2)).toEqual(["0022", scene.home]);
  expect(plain.stdout).not.toContain("LONG");
  expect(plain.stdout).toMatch(/SigIgn:\t0+\n/);
  expect(plain.stdout).not.toMatch(/^20$/m);
});

test("process 1 hears no signal of a command", async () => {
  await scene.run("for s in 1 2 3 9 10 12 13 14 15 17 19 20 25; do kill -$s 1; done");
  await alive();
});

test("a thousand daemons that end leave no zombie", async () => {
  const script = "i=0; while [ $i -lt 1000 ]; do (true &); i=$((i+1)); done; setsid sleep 0.1 <&- >&- 2>&- &";
  expect((await scene.run(script, { timeoutMs: 60_000 })).code).toBe(0);
  const zombies = "grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null | wc -l";
  expect(await eventually(async () => (await scene.run(zombies)).stdout.trim() === "0")).toBe(true);
});

test("what a command left behind lives on, and ends by its kill or at its time", async () => {
  const [killed, late] = [aDuration(), aDuration()];
  const leave = (nap: string) => ["/bin/sh", "-c", `setsid sleep ${nap} <&- >&- 2>&- & sleep 0.05`] as const;
  const first = await scene.start(leave(killed));
  const second = await scene.start(leave(late), { timeoutMs: 500 });
  expect((await finish(first)).code).toBe(0);
  expect((await finish(second)).isTimedOut).toBe(false);
  expect([sleepers(killed).length, sleepers(late).length]).toEqual([1, 1]);
  first.kill();
  expect(await eventually(() => sleepers(killed).length === 0)).toBe(true);
  expect(await eventually(() => sleepers(late).length === 0)).toBe(true);
});

test("somebody else who keeps a killed command's pipe open does not keep its exit back", async () => {
  const nap = aDuration();
  const command = await scene.start(["/bin/sh", "-c", `echo $$; exec sleep ${nap}`]);
  const output = command.output[Symbol.asyncIterator]();
  const { value } = await output.next();
  const pid = Buffer.from(value!.bytes).toString().trim();
  const holder = await scene.start([
    "/bin/sh",
    "-c",
    `exec 9>/proc/${pid}/fd/1; echo open; while :; do echo x >&9; done`,
  ]);
  const held = holder.output[Symbol.asyncIterator]();
  await held.next();
  command.kill();
  let rest = "";
  for (let piece = await output.next(); !piece.done; piece = await output.next())
    rest += Buffer.from(piece.value.bytes).toString();
  expect((await command.exit).signal).toBe("SIGKILL");
  expect(rest).toMatch(/^[x\n]*$/);
  holder.kill();
  await holder.exit;
});

test("a command has three descriptors, no capability of looking into process 1, and is killed first by the kernel", async () => {
  expect((await scene.run("ls /proc/self/fd")).stdout).toBe("0\n1\n2\n3\n");
  const peek = await scene.run(
    "cat /proc/1/environ /proc/1/mem /proc/1/maps 2>&1; ls /proc/1/fd /proc/1/cwd/ 2>&1; ls -l /proc/1/exe 2>&1; : >/proc/1/oom_score_adj",
  );
  expect(peek.stdout.match(/ermission denied/g)?.length).toBeGreaterThanOrEqual(5);
  expect(peek.stderr).toMatch(/ermission denied/);
  const scores = await scene.run("cat /proc/self/oom_score_adj /proc/1/oom_score_adj");
  expect(scores.stdout.split("\n")[0]).toBe("1000");
  expect(scores.stdout.split("\n")[1]).not.toBe("1000");
});

test("a command begins with no signal blocked or ignored, in a session of its own", async () => {
  // Asked of the program itself: a shell would put its own mask right.
  const signals = await finish(await scene.start(["grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"]));
  expect(signals.stdout).toBe("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
  expect((await scene.run("cut -d' ' -f1,5,6 /proc/$$/stat")).stdout).toMatch(/^(\d+) \1 \1\n$/);
});

test("when the stream ends, everything is killed", async () => {
  const nap = aDuration();
  const lost = await aScene();
  const script = `trap '' TERM HUP; setsid sleep ${nap} <&- >&- 2>&- & echo up; sleep ${nap}`;
  const command = await lost.start(["/bin/sh", "-c", script]);
  expect(await eventually(() => sleepers(nap).length === 2)).toBe(true);
  lost.supervisor.close();
  await expect(command.exit).rejects.toMatchObject({ code: "CLAWD_PLACE_LOST" });
  expect((await lost.ended).code).toBe(0);
  expect(await eventually(() => sleepers(nap).length === 0)).toBe(true);
  await lost.end();
});

test("when the supervisor is killed, whoever waits is told, and nothing of the tree is left", async () => {
  const nap = aDuration();
  const killed = await aScene();
  const command = await killed.start(["sleep", nap]);
  const [first] = childrenOf(killed.process.pid!);
  process.kill(first!, "SIGKILL");
  await expect(finish(command)).rejects.toMatchObject({ code: "CLAWD_PLACE_LOST" });
  await expect(killed.run("true")).rejects.toMatchObject({ code: "CLAWD_PLACE_LOST" });
  await expect(killed.supervisor.files.stat(".")).rejects.toMatchObject({ code: "CLAWD_PLACE_LOST" });
  expect(await killed.supervisor.lost).toMatchObject({ code: "CLAWD_PLACE_LOST" });
  expect(await eventually(() => sleepers(nap).length === 0)).toBe(true);
  await killed.end();
});

test("a start that fails names its reason, and leaves nothing", async () => {
  const start = (program: string, env = environment) => scene.start([program], { environment: env });
  await scene.supervisor.files.write("text", Buffer.from("no program"));
  await expect(start("nothing-here")).rejects.toMatchObject({ message: expect.stringContaining("ENOENT") });
  await expect(start(`${scene.home}/text`)).rejects.toMatchObject({
    message: expect.stringContaining("EACCES"),
  });
  await scene.run("chmod +x text; printf '\\177ELF nonsense' > text");
  await expect(start(`${scene.home}/text`)).rejects.toMatchObject({
    message: expect.stringContaining("ENOEXEC"),
  });
  await expect(start("sh", { ...environment, PATH: "bin:." })).rejects.toMatchObject({
    code: "CLAWD_COMMAND_START",
  });
  const long = scene.start(["/bin/echo", "x".repeat(200_000)]);
  await expect(long).rejects.toMatchObject({ message: expect.stringContaining("E2BIG") });
  await alive();
});

test("arguments of half a megabyte arrive", async () => {
  const words = Array.from({ length: 5 }, (_, index) => String(index).repeat(100_000));
  const command = await scene.start(["/bin/sh", "-c", 'printf %s "$@" | cksum', "sh", ...words]);
  const all = await scene.run(`for i in 0 1 2 3 4; do head -c 100000 /dev/zero | tr '\\0' $i; done | cksum`);
  expect((await finish(command)).stdout).toBe(all.stdout);
});
