import { ClawdError, systemClock } from "@clawd/kernel";
import { fakeClock } from "@clawd/kernel/testing";
import { bashTool, createProcesses, processTool } from "@clawd/tools";
import { hostPlace } from "@clawd/tools/host";
import { afterEach, beforeEach, expect, test } from "vitest";
import { alive, aWorld, type World } from "./world.ts";

let world: World;
beforeEach(() => void (world = aWorld()));
afterEach(() => world.end());

const bash = bashTool();
const run = (command: string, more: object = {}) => world.call(bash, { command, ...more });
const process_ = (action: string, more: object = {}) => world.call(processTool, { action, ...more });

/** Starts it in the background and gives its id. */
async function inBackground(command: string): Promise<string> {
  const { details } = await run(command, { background: true });
  expect(details).toMatchObject({ status: "running" });
  return details!["sessionId"] as string;
}

/** Polls until the text is there. */
async function polled(sessionId: string, expected: string): Promise<string> {
  let all = "";
  for (let count = 0; count < 1_500 && !all.includes(expected); count++) {
    all += (await process_("poll", { sessionId })).text;
    await systemClock.sleep(10);
  }
  expect(all).toContain(expected);
  return all;
}

test("tells output, and that there was none", async () => {
  expect(await run("echo out; echo err >&2")).toMatchObject({
    text: "out\nerr\n",
    isError: false,
    details: { status: "completed", exitCode: 0 },
  });
  expect((await run("true")).text).toBe("(no output)");
});

test.each([
  ["echo x; exit 3", {}, "x\n\nCommand exited with code 3"],
  ["kill -TERM $$", {}, "Command aborted by signal SIGTERM"],
  ["echo x; sleep 60", { timeout: 0.2 }, "x\n\nCommand timed out after 0.2 seconds"],
])("%s is an error that says how it ended", async (command, more, text) => {
  expect(await run(command, more)).toMatchObject({ isError: true, text, details: { status: "failed" } });
});

test.each([0, -1, 3_000_000, 1e300])("a timeout of %d seconds is not over at once", async (timeout) => {
  expect(await run("sleep 0.2; echo done", { timeout })).toMatchObject({ text: "done\n" });
});

test("where there is no bash it is the system's shell", async () => {
  const { place } = world;
  const argv: string[] = [];
  const without = {
    ...place,
    start: (request: Parameters<typeof place.start>[0]) => {
      argv.push(request.argv[0]);
      const [program, ...rest] = request.argv;
      return place.start({ ...request, argv: [program === "/bin/bash" ? "/bin/no-bash" : program, ...rest] });
    },
  };
  const here = { place: () => Promise.resolve(without) };
  expect((await world.call(bash, { command: "echo $0 '$(id)'" }, here)).text).toBe("sh $(id)\n");
  expect(argv).toEqual(["/bin/bash", "/bin/sh"]);
});

test("a command whose place ended says why", async () => {
  const { place } = world;
  const ended: typeof place = {
    ...place,
    async start(request) {
      const command = await place.start(request);
      const fault = new ClawdError("CLAWD_SANDBOX_DISK", "The workspace holds more than it may.", {
        hint: "",
      });
      command.kill();
      const exit = Promise.reject(fault);
      exit.catch(() => undefined);
      return { ...command, exit };
    },
  };
  const told = await world.call(bash, { command: "sleep 5" }, { place: () => Promise.resolve(ended) });
  expect(told).toMatchObject({
    isError: true,
    text: "The place ended under the command: The workspace holds more than it may.",
  });
});

test("it is bash where there is bash", async () => {
  expect((await run("echo ${BASH_VERSION:+bash} $0")).text).toBe("bash bash\n");
});

test("workdir and env reach the command", async () => {
  world.file("dir/x", "");
  expect((await run("ls; echo $TZ", { workdir: "dir", env: { TZ: "Asia/Tokyo" } })).text).toBe(
    "x\nAsia/Tokyo\n",
  );
});

test("escape sequences and what is not seen are left out, characters in pieces are put together", async () => {
  const { text } = await run(
    String.raw`printf '\033[31mred\033[0m \033]0;title\007a\r\nb\rc\010\342\200\256'; printf '\360\237'; sleep 0.05; printf '\230\200'`,
  );
  expect(text).toBe("red a\nb\nc😀");
});

test("the tail of a long output is kept, with a note", async () => {
  const { text } = await run("seq 100000; echo end");
  expect(text).toMatch(/^\[The first \d+ characters are left out\.\]\n/);
  expect(text.length).toBeLessThan(30_100);
  expect(text.endsWith("100000\nend\n")).toBe(true);
});

test("256 MB of output leave the memory as it was", { timeout: 120_000 }, async () => {
  // Once before, so that what is only done once does not count.
  await run("head -c 5000000 /dev/zero | tr '\\0' x");
  const before = process.memoryUsage();
  let peak = 0;
  const watch = setInterval(
    () => (peak = Math.max(peak, process.memoryUsage().heapUsed + process.memoryUsage().external)),
    5,
  );
  const { text, isError } = await run("head -c 268435456 /dev/zero | tr '\\0' x", { yieldMs: 120_000 });
  clearInterval(watch);
  expect(isError).toBe(false);
  expect(text.length).toBeLessThan(30_100);
  expect(peak - before.heapUsed - before.external).toBeLessThan(150_000_000);
});

test("a signal ends a command that is waited for", async () => {
  const stop = new AbortController();
  const { place, context } = world;
  const calling = bash.call({ command: "sleep 7401" }, context, stop.signal);
  await systemClock.sleep(200);
  stop.abort(new Error("stopped"));
  await expect(calling).rejects.toThrowError("stopped");
  await systemClock.sleep(100);
  expect(alive("sleep", "7401")).toBe(0);
  expect(place.receipt.place).toBe("host");
});

test("what takes longer goes on in the background and is polled there", async () => {
  const { text, details } = await run("echo one; sleep 0.4; echo two", { yieldMs: 100 });
  expect(text).toMatch(/^one\n\nCommand still running \(session [0-9a-f]{8}\)\./);
  const all = await polled(details!["sessionId"] as string, "exited");
  expect(all).toContain("two");
  expect(all).toContain("Process exited with code 0.");
});

test("without the right to process a command is waited for", async () => {
  const answer = await world.call(
    bash,
    { command: "sleep 0.3; echo done", background: true, yieldMs: 10 },
    { mayUseProcess: false },
  );
  expect(answer).toMatchObject({ text: "done\n", details: { status: "completed" } });
  expect((await process_("list")).text).toBe("No commands in the background.");
});

test("a command in the background is written to, listed, logged, killed and cleared", async () => {
  const sessionId = await inBackground("while read line; do echo got $line; done; echo over");
  expect((await process_("write", { sessionId, data: "one\ntwo\n" })).text).toBe("Wrote 8 bytes.");
  await polled(sessionId, "got two");
  expect((await process_("list")).text).toMatch(new RegExp(`^${sessionId} running \\d+s "while read line`));
  expect((await process_("log", { sessionId, limit: 1 })).text).toBe("got two");
  expect((await process_("log", { sessionId, offset: 0, limit: 1 })).text).toBe("got one");
  expect(await process_("clear", { sessionId })).toMatchObject({ isError: true });
  await process_("write", { sessionId, data: "", eof: true });
  expect(await polled(sessionId, "Process exited with code 0.")).toContain("over");
  expect(await process_("write", { sessionId, data: "x" })).toMatchObject({ isError: true });
  expect((await process_("clear", { sessionId })).text).toBe(`Cleared ${sessionId}.`);
  expect(await process_("poll", { sessionId })).toMatchObject({
    text: `No session found for ${sessionId}`,
    details: { status: "failed" },
  });
});

test("kill takes daemons along, and remove kills first", async () => {
  const sessionId = await inBackground("(setsid sleep 7402 &); (env -i sleep 7402 &); sleep 7402");
  await systemClock.sleep(200);
  await process_("kill", { sessionId });
  expect(alive("sleep", "7402")).toBe(0);
  expect(await process_("poll", { sessionId })).toMatchObject({
    isError: true,
    details: { status: "failed" },
  });
  const other = await inBackground("sleep 7403");
  expect((await process_("remove", { sessionId: other })).text).toBe(`Removed ${other}.`);
  expect(alive("sleep", "7403")).toBe(0);
});

test("other scopes do not see it", async () => {
  const sessionId = await inBackground("sleep 60");
  for (const action of ["poll", "log", "write", "kill", "remove"])
    expect(
      await world.call(processTool, { action, sessionId, data: "x" }, { scope: "agent:other" }),
    ).toMatchObject({ isError: true, text: `No session found for ${sessionId}` });
  expect((await world.call(processTool, { action: "list" }, { scope: "agent:other" })).text).toBe(
    "No commands in the background.",
  );
});

test("no file in the home of the user is run first", async () => {
  for (const name of [".bashrc", ".bash_profile", ".profile", ".bash_login"])
    world.file(name, "echo planted\n");
  const { home } = world.place;
  const environment = { ...world.place.environment, base: { ...world.place.environment.base, HOME: home } };
  const place = hostPlace({ workspace: home, environment });
  const more = { place: () => Promise.resolve(place) };
  for (const background of [false, true]) {
    const { details, text } = await world.call(bash, { command: "echo mine", background }, more);
    const told = background ? await polled(details!["sessionId"] as string, "exited") : text;
    expect(told).toContain("mine");
    expect(told).not.toContain("planted");
  }
});

test("keys and pasting need a terminal, and the host has none", async () => {
  const sessionId = await inBackground("cat");
  for (const input of [
    { action: "submit" },
    { action: "paste", data: "x" },
    { action: "send-keys", keys: ["C-c"] },
  ])
    expect(await world.call(processTool, { sessionId, ...input })).toMatchObject({
      isError: true,
      text: expect.stringContaining("no terminal"),
    });
  expect(await run("true", { pty: true })).toMatchObject({
    isError: true,
    details: { code: "CLAWD_COMMAND_TERMINAL" },
  });
});

test("one that is over is forgotten after its time, and one that runs is not", async () => {
  const clock = fakeClock(0);
  const processes = createProcesses({ clock, keepMs: 60_000 });
  const start = (command: string) => world.call(bash, { command, background: true }, { processes, clock });
  const listed = async () =>
    (await world.call(processTool, { action: "list" }, { processes, clock })).details!["sessions"];

  await start("true");

  await start("sleep 60");

  for (const session of processes.list("agent:main")) if (session.title === "true") await session.over;

  await clock.advance(59_000);
  expect(await listed()).toHaveLength(2);
  await clock.advance(2_000);
  expect(await listed()).toMatchObject([{ title: "sleep 60" }]);

  await processes.end();

  expect(alive("sleep", "60")).toBe(0);
  expect(await start("true")).toMatchObject({ isError: true, details: { code: "CLAWD_PROCESSES_ENDED" } });
});

test("there is an end to how many go on in the background", async () => {
  const processes = createProcesses({ clock: systemClock, most: 2 });
  const start = () => world.call(bash, { command: "sleep 7404", background: true }, { processes });
  await start();
  await start();
  expect(await start()).toMatchObject({ isError: true, details: { code: "CLAWD_PROCESSES_FULL" } });
  await processes.end();
  expect(alive("sleep", "7404")).toBe(0);
});

test("what a command left behind ends with the place", async () => {
  await run("(setsid sleep 7405 >/dev/null 2>&1 </dev/null &)");
  // Its call ends without it, and may be the quicker one.
  await expect.poll(() => alive("sleep", "7405")).toBe(1);
  world.place.end();
  await expect.poll(() => alive("sleep", "7405")).toBe(0);
});
