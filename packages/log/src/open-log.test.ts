import { execFileSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ClawdError, type LogFields } from "@clawd/kernel";
import { fakeClock } from "@clawd/kernel/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { errorFields } from "./describe.ts";
import { openLog, type Log, type OpenLogOptions } from "./open-log.ts";
import { createRedactor, mask } from "./redactor.ts";

let home: string;
let directory: string;
const logs: Log[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "log-"));
  directory = join(home, "clawdbot");
});
afterEach(() => {
  for (const log of logs.splice(0)) log.close();
  rmSync(home, { recursive: true, force: true });
});

const day = (date: number, hour = 12, minute = 0, second = 0) =>
  new Date(2026, 0, date, hour, minute, second).getTime();

function aLog(options: Partial<OpenLogOptions> & { secrets?: string[]; now?: number } = {}) {
  const clock = fakeClock(options.now ?? day(10));
  const created = createRedactor({ secrets: options.secrets ?? [] });
  if (!created.ok) throw new Error("The redactor is broken.");
  const shown: string[] = [];
  const log = openLog({
    clock,
    redactor: created.value,
    directory,
    temporaryDirectory: home,
    console: { stream: { write: (text) => shown.push(text) }, style: "json" },
    ...options,
  });
  logs.push(log);
  return { log, clock, shown, redactor: created.value };
}

const textOf = (path: string) => readFileSync(path, "utf8");
const linesOf = (path: string) =>
  textOf(path)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const modeOf = (path: string) => statSync(path).mode & 0o777;
const fileOf = (log: Log) => log.path ?? "no file";

test("writes one JSON object a line into the file of the day, private from the first byte", () => {
  const before = process.umask(0);
  try {
    const { log } = aLog();
    log.info("provider connected", {
      provider: "parrot",
      attempt: 2,
      ok: true,
      none: null,
      absent: undefined,
    });
    log.warn("second");
    expect(fileOf(log)).toBe(join(directory, "clawdbot-2026-01-10.log"));
    expect(linesOf(fileOf(log))).toEqual([
      {
        time: new Date(day(10)).toISOString(),
        level: "info",
        message: "provider connected",
        provider: "parrot",
        attempt: 2,
        ok: true,
        none: null,
      },
      { time: expect.any(String), level: "warn", message: "second" },
    ]);
    expect(modeOf(fileOf(log))).toBe(0o600);
    expect(modeOf(directory)).toBe(0o700);
  } finally {
    process.umask(before);
  }
});

test("appends to the file that is there and makes it private", () => {
  mkdirSync(directory, { mode: 0o755 });
  const path = join(directory, "clawdbot-2026-01-10.log");
  writeFileSync(path, '{"message":"earlier"}\n', { mode: 0o644 });
  const { log } = aLog();
  log.info("later");
  expect(linesOf(path).map(({ message }) => message)).toEqual(["earlier", "later"]);
  expect([modeOf(path), modeOf(directory)]).toEqual([0o600, 0o700]);
});

test("the level decides what is written, for file and console each", () => {
  const { log, shown } = aLog({ level: "warn" });
  log.debug("d");
  log.info("i");
  log.warn("w");
  log.error("e");
  expect(linesOf(fileOf(log)).map(({ message }) => message)).toEqual(["w", "e"]);
  expect(shown).toHaveLength(2);
  const silent = aLog({ level: "silent" });
  silent.log.error("never");
  expect(textOf(fileOf(silent.log))).not.toContain("never");
});

test("changes to the next day's file at local midnight while running", async () => {
  const { log, clock } = aLog({ now: day(10, 23, 59, 59) });
  log.info("before");
  await clock.advance(999);
  log.info("still before");
  await clock.advance(1);
  log.info("after");
  expect(fileOf(log)).toBe(join(directory, "clawdbot-2026-01-11.log"));
  expect(linesOf(join(directory, "clawdbot-2026-01-10.log"))).toHaveLength(2);
  expect(linesOf(fileOf(log))).toHaveLength(1);
});

test("the day is the local one", () => {
  const script = `
    import { openLog, createRedactor } from "./index.ts";
    const { value: redactor } = createRedactor({ secrets: [] });
    const log = openLog({ clock: { now: () => Date.UTC(2026, 0, 10, 20), sleep: async () => {} }, redactor, directory: ${JSON.stringify(directory)} });
    console.log(log.path);`;
  const run = (zone: string) =>
    execFileSync(process.execPath, ["--conditions=@clawd/source", "--input-type=module", "-e", script], {
      cwd: fileURLToPath(new URL(".", import.meta.url)),
      env: { ...process.env, TZ: zone },
      encoding: "utf8",
    }).trim();
  expect(run("Pacific/Auckland")).toBe(join(directory, "clawdbot-2026-01-11.log"));
  expect(run("America/Los_Angeles")).toBe(join(directory, "clawdbot-2026-01-10.log"));
});

test("files older than seven days go, at the start and at midnight; others stay", async () => {
  mkdirSync(directory);
  const names = [
    "clawdbot-2026-01-02.log",
    "clawdbot-2026-01-03.log",
    "clawdbot-2026-01-09.log",
    "clawdbot-notes.log",
    "other-2020-01-01.log",
  ];
  for (const name of names) writeFileSync(join(directory, name), "x");
  symlinkSync(join(home, "elsewhere"), join(directory, "clawdbot-2020-01-01.log"));
  const { log, clock } = aLog({ now: day(10, 23) });
  log.info("today");
  expect(readdirSync(directory).sort()).toEqual([
    "clawdbot-2020-01-01.log",
    "clawdbot-2026-01-03.log",
    "clawdbot-2026-01-09.log",
    "clawdbot-2026-01-10.log",
    "clawdbot-notes.log",
    "other-2020-01-01.log",
  ]);
  await clock.advance(3_600_000);
  log.info("tomorrow");
  expect(existsSync(join(directory, "clawdbot-2026-01-03.log"))).toBe(false);
});

const fallback = (userId = process.getuid?.()) => join(home, `clawdbot-${userId}`, "clawdbot-2026-01-10.log");

test.each<[string, RegExp, () => void]>([
  [
    "a link",
    /link/,
    () => (mkdirSync(join(home, "real"), { mode: 0o700 }), symlinkSync(join(home, "real"), directory)),
  ],
  ["a file", /not a directory/, () => writeFileSync(directory, "")],
  ["writable by the group", /others may write/, () => (mkdirSync(directory), chmodSync(directory, 0o770))],
  ["writable by all", /others may write/, () => (mkdirSync(directory), chmodSync(directory, 0o777))],
])(
  "a directory that is %s is not used: the log goes to the fallback and says so",
  (_name, reason, prepare) => {
    prepare();
    const { log, shown } = aLog();
    log.info("hello");
    expect(fileOf(log)).toBe(fallback());
    expect(linesOf(fileOf(log))).toMatchObject([
      {
        level: "warn",
        message: "The log directory is not safe",
        path: directory,
        reason: expect.stringMatching(reason),
        used: fallback(),
      },
      { message: "hello" },
    ]);
    expect(shown.join("")).toContain("not safe");
    if (statSync(directory).isDirectory()) expect(readdirSync(directory)).toEqual([]);
  },
);

test("a directory of another user is not used; where the fallback is not ours either, only the console is left", () => {
  mkdirSync(directory, { mode: 0o700 });
  mkdirSync(join(home, "clawdbot-99999"), { mode: 0o700 });
  const { log, shown } = aLog({ userId: 99_999 });
  log.info("hello");
  expect(log.path).toBeUndefined();
  expect(readdirSync(directory)).toEqual([]);
  expect(shown.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual([
    "The log directory is not safe",
    "The log directory is not safe",
    "hello",
  ]);
  log.info("again");
  expect(shown).toHaveLength(4);
});

test("a link in the place of the day's file is not followed", () => {
  mkdirSync(directory, { mode: 0o700 });
  writeFileSync(join(home, "victim"), "untouched");
  symlinkSync(join(home, "victim"), join(directory, "clawdbot-2026-01-10.log"));
  const { log } = aLog();
  log.info("hello");
  expect(textOf(join(home, "victim"))).toBe("untouched");
  expect(fileOf(log)).toBe(fallback());
});

test("neither a pipe nor a second name of another file is written to", () => {
  mkdirSync(directory, { mode: 0o700 });
  const path = join(directory, "clawdbot-2026-01-10.log");
  execFileSync("mkfifo", [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  expect(fileOf(aLog().log)).toBe(fallback());
  closeSync(reader);
  rmSync(path);
  writeFileSync(join(home, "victim"), "untouched");
  linkSync(join(home, "victim"), path);
  const { log } = aLog();
  log.info("hello");
  expect(textOf(join(home, "victim"))).toBe("untouched");
});

test("a configured file is used as it is, private, and never rolled over", async () => {
  const file = join(home, "deep", "my.log");
  const { log, clock } = aLog({ file });
  log.info("one");
  await clock.advance(3 * 24 * 3_600_000);
  log.info("two");
  expect(log.path).toBe(file);
  expect(linesOf(file)).toHaveLength(2);
  expect([modeOf(file), modeOf(join(home, "deep"))]).toEqual([0o600, 0o700]);
  expect(existsSync(directory)).toBe(false);
});

test("a configured file that cannot be used is replaced by the day's file, with a warning", () => {
  const { log } = aLog({ file: home });
  log.info("hello");
  expect(linesOf(join(directory, "clawdbot-2026-01-10.log"))).toMatchObject([
    { message: "The configured log file cannot be used", path: home },
    { message: "hello" },
  ]);
});

test("a file that is taken away is made again", async () => {
  const { log, clock } = aLog();
  log.info("one");
  renameSync(fileOf(log), join(directory, "moved"));
  log.info("two");
  rmSync(directory, { recursive: true });
  await clock.advance(1000);
  log.info("three");
  expect(linesOf(fileOf(log)).map(({ message }) => message)).toEqual(["three"]);
});

const full = "/dev/full";
test.skipIf(!existsSync(full))(
  "a full disk neither throws nor goes unnoticed, and the loss is counted (needs /dev/full)",
  () => {
    // A limit on the file's size acts as a full disk does: the system writes a part, then refuses.
    const script = `
    import { openLog, createRedactor } from "./index.ts";
    process.on("SIGXFSZ", () => {});
    const { value: redactor } = createRedactor({ secrets: [] });
    const shown = [];
    const log = openLog({ clock: { now: () => 0, sleep: async () => {} }, redactor, directory: ${JSON.stringify(directory)},
      console: { stream: { write: (text) => shown.push(text) }, style: "json" } });
    const { truncateSync } = await import("node:fs");
    for (let count = 0; count < 20; count++) log.info("x".repeat(200));
    truncateSync(log.path, 100);
    log.info("space again");
    log.info("last");
    console.log(JSON.stringify({ path: log.path, troubles: shown.filter((line) => line.includes("cannot be written")).length }));`;
    const source = fileURLToPath(new URL(".", import.meta.url));
    const output = execFileSync(
      "bash",
      [
        "-c",
        'ulimit -f 2; exec "$0" --conditions=@clawd/source --input-type=module -e "$1"',
        process.execPath,
        script,
      ],
      { cwd: source, encoding: "utf8" },
    );
    const { path, troubles } = JSON.parse(output) as { path: string; troubles: number };
    expect(troubles).toBe(1);
    const lines = textOf(path).split("\n");
    const lost = lines.find((line) => line.includes("Log lines were lost"));
    expect(JSON.parse(lost ?? "null")).toMatchObject({ level: "error", count: expect.any(Number) });
    expect(lines.filter((line) => line.includes("space again") || line.includes('"last"'))).toHaveLength(2);
  },
);

test("control, invisible and turning characters are written out, so that nobody forges a line", () => {
  const { log, shown } = aLog({
    console: { stream: { write: (text) => shown2.push(text) }, style: "compact" },
  });
  const shown2: string[] = [];
  log.info("m\nforged", { name: 'a\r\n{"level":"error"}\u001B[2J\u202Eb\u200B\u2028\uD800', "k\ney": 1 });
  expect(shown).toEqual([]);
  expect(textOf(fileOf(log)).split("\n")).toHaveLength(2);
  expect(linesOf(fileOf(log))).toMatchObject([
    {
      message: "m\\nforged",
      name: 'a\\r\\n{"level":"error"}\\u001b[2J\\u202eb\\u200b\\u2028\\ud800',
      "k\\ney": 1,
    },
  ]);
  // oxlint-disable-next-line no-control-regex
  expect(shown2.join("").replace(/\n$/, "")).not.toMatch(/[\u0000-\u001F\u202E\u200B\u2028]/);
});

test("long texts are cut, and the cut is marked", () => {
  const { log } = aLog();
  log.info("x".repeat(1000), { field: "y".repeat(100_000) });
  expect(linesOf(fileOf(log))).toMatchObject([
    { message: `${"x".repeat(256)}…(+744)`, field: `${"y".repeat(256)}…(+99744)` },
  ]);
});

test("a field cannot take the place of time, level or message, nor be a prototype", () => {
  const { log } = aLog();
  log.info(
    "real",
    JSON.parse('{"time":"t","level":"l","message":"m","__proto__":"p","constructor":"c"}') as LogFields,
  );
  expect(textOf(fileOf(log))).toContain('"__proto__":"p","constructor":"c"');
  expect(linesOf(fileOf(log))).toMatchObject([
    { level: "info", message: "real", time_: "t", level_: "l", message_: "m" },
  ]);
});

test("no canary comes through any field, error or nested cause, in any form, at any level, file or console", () => {
  const canary = "c4nary-5ecret-Value";
  const file = join(home, "canary.log");
  const { log, shown } = aLog({ secrets: [canary], level: "debug", file });
  const forms = [
    canary,
    Buffer.from(canary).toString("base64"),
    Buffer.from(`user:${canary}`).toString("base64"),
    encodeURIComponent(`${canary}?`),
    Array.from(canary).reverse().join(""),
    Buffer.from(canary).toString("hex"),
  ];
  for (const form of forms) {
    const root = new Error(`root ${form}`);
    const cause = new ClawdError("CLAWD_TEST", `middle ${form}`, { hint: `hint ${form}`, cause: root });
    const error = new Error(`GET https://h.invalid/bot${form}/getMe failed`, { cause });
    const wild = {
      field: form,
      [form]: "key",
      [`padded${"x".repeat(240)}`]: `${"z".repeat(245)}${form}`,
      nested: { deep: [form] },
      error,
      url: new URL(`https://h.invalid/?q=${encodeURIComponent(form)}`),
    };
    for (const level of ["debug", "info", "warn", "error"] as const) {
      log[level](`message ${form}`, { ...errorFields(error), ...(wild as unknown as LogFields) });
    }
  }
  expect(shown).toHaveLength(forms.length * 4);
  const everything = (textOf(file) + shown.join("")).toLowerCase();
  for (const form of forms) {
    // Halves count as well: a cut must not leave the beginning of a secret.
    expect(everything).not.toContain(form.toLowerCase().slice(2, 10));
    expect(everything).not.toContain(form.toLowerCase().slice(-10, -2));
  }
  expect(linesOf(file)[1]).toMatchObject({
    error: expect.stringContaining(mask),
    cause: expect.stringContaining("←"),
    nested: expect.stringContaining(mask),
  });
});

test("a field that is called a secret is masked, whatever it holds, and so is a number that is one", () => {
  const { log } = aLog({ secrets: ["77441122"] });
  log.info("m", {
    botToken: "hello",
    password: "x",
    apiKey: "y",
    inputTokens: 12,
    pin: 77_441_122,
    cookie: "",
    accessToken: null,
  });
  expect(linesOf(fileOf(log))).toMatchObject([
    {
      botToken: mask,
      password: mask,
      apiKey: mask,
      inputTokens: 12,
      pin: mask,
      cookie: "",
      accessToken: null,
    },
  ]);
});

test("hostile fields cost at most themselves", () => {
  const { log } = aLog();
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  const hostile = {
    circle,
    big: 10n,
    symbol: Symbol("s"),
    call: () => 1,
    nan: Number.NaN,
    get thrower(): string {
      throw new Error("no");
    },
    error: new Proxy(new Error("x"), {
      get: () => {
        throw new Error("trap");
      },
    }),
  };
  log.info("m", hostile as unknown as LogFields);
  log.info(
    "n",
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("trap");
        },
      },
    ),
  );
  log.info("o");
  expect(linesOf(fileOf(log)).map(({ message }) => message)).toEqual(["m", "n", "o"]);
  expect(linesOf(fileOf(log))[0]).toMatchObject({
    circle: "[object]",
    big: "10",
    nan: "NaN",
    thrower: "[unreadable]",
  });
});

test("after close nothing is written, and close may be called twice", () => {
  const { log, shown } = aLog();
  log.info("one");
  const path = fileOf(log);
  log.close();
  log.close();
  log.info("two");
  expect(linesOf(path)).toHaveLength(1);
  expect(shown).toHaveLength(1);
});
