import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { composeSchema } from "./compose.ts";
import { legacyKeysOfNetworks } from "./legacy.ts";
import { loadConfig, type LoadConfigOptions } from "./load.ts";
import { writeConfig } from "./write.ts";

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "config-load-"));
  path = join(directory, "clawdbot.json");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const parrot = {
  network: { id: "parrot", layout: "groups" },
  settings: {
    token: z.string().optional(),
    mode: z.enum(["fast", "slow"]).default("slow"),
    retry: z.strictObject({ attempts: z.int().min(1).max(9).default(3) }).optional(),
  },
  accessShape: {
    dmPolicy: z.enum(["pairing", "allowlist", "open", "disabled"]).default("pairing"),
    allowFrom: z.array(z.string()).optional(),
    groups: z.record(z.string(), z.strictObject({ requireMention: z.boolean().default(true) })).optional(),
  },
};

const schema = composeSchema({
  sections: {
    gateway: z
      .strictObject({
        port: z.int().max(65535).default(18789),
        auth: z.strictObject({ token: z.string().optional() }).optional(),
      })
      .prefault({}),
    replies: z.union([z.literal("off"), z.strictObject({ max: z.number() })]).optional(),
    routing: z.strictObject({}).optional(),
  },
  providers: [parrot],
});

type Options = Partial<LoadConfigOptions<Readonly<Record<string, unknown>>>>;

function load(text: string | undefined, options: Options = {}) {
  if (text !== undefined) writeFileSync(path, text);
  return loadConfig({ path, environment: {}, schema, ...options });
}

function good(text: string | undefined, options?: Options) {
  const loaded = load(text, options);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return { ...loaded.value, warnings: loaded.warnings };
}

function issues(text: string | undefined, options?: Options) {
  const loaded = load(text, options);
  return loaded.ok ? [] : loaded.issues;
}

test("a valid config gives its value, the place of each value and the files", () => {
  const config = good('{\n  parrot: { allowFrom: ["1"],\n    groups: { "*": {} } },\n}');
  expect(config.value).toEqual({
    gateway: { port: 18789 },
    parrot: {
      mode: "slow",
      dmPolicy: "pairing",
      allowFrom: ["1"],
      groups: { "*": { requireMention: true } },
    },
  });
  expect(config.locate(["parrot", "groups", "*"])).toEqual({ file: "clawdbot.json", line: 3, column: 20 });
  expect(config.locate(["parrot", "dmPolicy"])).toBeUndefined();
  expect(config).toMatchObject({ files: [path], found: true, warnings: [] });
});

test("a file that is not there is a config without settings, unless it must exist", () => {
  expect(good(undefined)).toMatchObject({ value: { gateway: { port: 18789 } }, found: false, files: [path] });
  expect(issues(undefined, { mustExist: true })).toMatchObject([
    { code: "config-missing", file: "clawdbot.json" },
  ]);
});

test("an empty file, a torn file, a link to nowhere, a directory and a pipe are errors, never an empty config", () => {
  expect(issues("")).toMatchObject([{ code: "syntax", hint: expect.stringContaining("{}") }]);
  expect(issues('{ parrot: { dmPolicy: "disab')).toMatchObject([{ code: "syntax" }]);
  expect(issues("\0\0\0\0")).toMatchObject([{ code: "syntax" }]);
  writeFileSync(path, Buffer.from([0x7b, 0xff, 0x7d]));
  expect(issues(undefined)).toMatchObject([
    { code: "unreadable", message: expect.stringContaining("UTF-8") },
  ]);
  rmSync(path);
  symlinkSync(join(directory, "nowhere"), path);
  expect(issues(undefined)).toMatchObject([{ code: "unreadable" }]);
  expect(issues(undefined, { path: directory })).toMatchObject([{ code: "unreadable" }]);
  execFileSync("mkfifo", [join(directory, "pipe")]);
  expect(issues(undefined, { path: join(directory, "pipe") })).toMatchObject([{ code: "unreadable" }]);
  writeFileSync(join(directory, "huge"), " ".repeat(1024 * 1024 + 1));
  expect(issues(undefined, { path: join(directory, "huge") })).toMatchObject([{ code: "unreadable" }]);
});

test.skipIf(process.getuid?.() === 0)(
  "a file that may not be read is an error (skipped for root, who may read all)",
  () => {
    writeFileSync(path, "{}");
    chmodSync(path, 0);
    expect(issues(undefined)).toMatchObject([{ code: "unreadable" }]);
  },
);

test("something other than an object at the top is an error", () => {
  for (const text of ["[]", "null", '"x"', "7"])
    expect(issues(text)).toMatchObject([{ code: "wrong-type", line: 1 }]);
});

test("every problem is listed at once, in the order of the file, each with place and hint", () => {
  const text = `{
  gatway: { port: 1 },
  parrot: {
    dmpolicy: "open",
    mode: "fsat",
    token: 5,
    allowFrom: "1",
    retry: { attempts: 10 },
    groups: { a: { requireMention: "yes" }, b: 1 },
  },
  gateway: { port: "18789", auth: { token: 1, tokn: 2 } },
}`;
  const place = { file: "clawdbot.json" };
  expect(issues(text)).toEqual([
    {
      code: "unknown-key",
      path: "gatway",
      message: 'Unknown key "gatway".',
      hint: "Did you mean gateway?",
      ...place,
      line: 2,
      column: 3,
    },
    {
      code: "unknown-key",
      path: "parrot.dmpolicy",
      message: 'Unknown key "dmpolicy".',
      hint: "Did you mean dmPolicy?",
      ...place,
      line: 4,
      column: 5,
    },
    {
      code: "unknown-word",
      path: "parrot.mode",
      message: 'This must be one of "fast", "slow".',
      hint: 'Did you mean "fast"?',
      ...place,
      line: 5,
      column: 11,
    },
    {
      code: "wrong-type",
      path: "parrot.token",
      message: "This must be a string, not a number.",
      hint: "Put quotes around it.",
      ...place,
      line: 6,
      column: 12,
    },
    {
      code: "wrong-type",
      path: "parrot.allowFrom",
      message: "This must be a list [ … ], not a string.",
      hint: "Put it in [ and ].",
      ...place,
      line: 7,
      column: 16,
    },
    {
      code: "out-of-range",
      path: "parrot.retry.attempts",
      message: "This must be at most 9.",
      hint: "Write a number of at most 9.",
      ...place,
      line: 8,
      column: 24,
    },
    {
      code: "wrong-type",
      path: "parrot.groups.a.requireMention",
      message: "This must be true or false, not a string.",
      hint: "Write it without quotes.",
      ...place,
      line: 9,
      column: 36,
    },
    {
      code: "wrong-type",
      path: "parrot.groups.b",
      message: "This must be an object { … }, not a number.",
      hint: "Write an object { … }.",
      ...place,
      line: 9,
      column: 48,
    },
    {
      code: "wrong-type",
      path: "gateway.port",
      message: "This must be a number, not a string.",
      hint: "Write it without quotes.",
      ...place,
      line: 11,
      column: 20,
    },
    {
      code: "wrong-type",
      path: "gateway.auth.token",
      message: "This must be a string, not a number.",
      hint: "Put quotes around it.",
      ...place,
      line: 11,
      column: 44,
    },
    {
      code: "unknown-key",
      path: "gateway.auth.tokn",
      message: 'Unknown key "tokn".',
      hint: "Did you mean token?",
      ...place,
      line: 11,
      column: 47,
    },
  ]);
});

test("an unknown key with no near name lists the known ones", () => {
  expect(issues("{ gateway: { zzzzzzz: 1 } }")).toMatchObject([{ hint: "Known keys here: port, auth." }]);
});

test("of alternatives the one that was meant is explained", () => {
  expect(issues("{ replies: { maxx: 1 } }")).toMatchObject([
    { code: "missing-key", path: "replies.max" },
    { code: "unknown-key", path: "replies.maxx", hint: "Did you mean max?" },
  ]);
  expect(issues("{ replies: 5 }")).toMatchObject([
    { code: "wrong-type", path: "replies", message: 'This must be "off" or an object { … }.' },
  ]);
  expect(issues('{ replies: "of" }')).toMatchObject([
    { code: "unknown-word", path: "replies", hint: 'Did you mean "off"?' },
  ]);
});

test("answers __proto__ anywhere as an unknown key", () => {
  expect(
    issues('{ __proto__: { a: 1 }, parrot: { groups: { "__proto__": {} }, accounts: { __proto__: {} } } }'),
  ).toMatchObject([
    { code: "unknown-key", path: "__proto__" },
    { code: "unknown-key", path: "parrot.groups.__proto__", line: 1, column: 44 },
    { code: "unknown-key", path: "parrot.accounts.__proto__" },
  ]);
});

test("constructor, toString and hasOwnProperty are unknown keys where keys are fixed, and nothing special in maps", () => {
  expect(issues("{ constructor: {}, toString: 1, parrot: { hasOwnProperty: 1 } }")).toMatchObject([
    { code: "unknown-key", path: "constructor" },
    { code: "unknown-key", path: "toString" },
    { code: "unknown-key", path: "parrot.hasOwnProperty" },
  ]);
  const { value } = good("{ parrot: { groups: { toString: {} } } }");
  const groups = (value["parrot"] as { groups: Record<string, unknown> }).groups;
  expect(Object.keys(groups)).toEqual(["toString"]);
  expect(groups["constructor"]).toBeUndefined();
  expect(groups["hasOwnProperty"]).toBeUndefined();
});

test("the value cannot be changed", () => {
  const { value } = good('{ parrot: { allowFrom: ["1"] } }');
  const { parrot: section } = value as { parrot: { allowFrom: string[]; dmPolicy: string } };
  expect(() => section.allowFrom.push("2")).toThrow(TypeError);
  expect(() => (section.dmPolicy = "open")).toThrow(TypeError);
  expect(() => Object.assign(value, { x: 1 })).toThrow(TypeError);
});

test("an account has no defaults of its own, so it cannot override what the network's level says", () => {
  const { value } = good(
    '{ parrot: { dmPolicy: "disabled", accounts: { work: { groups: { a: {} }, retry: {} } } } }',
  );
  expect(value["parrot"]).toEqual({
    dmPolicy: "disabled",
    mode: "slow",
    accounts: { work: { groups: { a: {} }, retry: {} } },
  });
});

test("an account takes the keys of the network, strictly, but no accounts", () => {
  expect(
    issues(
      '{ parrot: { accounts: { work: { dmPolcy: "open", accounts: {} }, "Bad Name": {}, "../x": {} } } }',
    ),
  ).toMatchObject([
    { code: "unknown-key", path: "parrot.accounts.work.dmPolcy", hint: "Did you mean dmPolicy?" },
    { code: "unknown-key", path: "parrot.accounts.work.accounts" },
    { code: "bad-key", path: 'parrot.accounts["Bad Name"]', column: 66 },
    { code: "bad-key", path: 'parrot.accounts["../x"]' },
  ]);
});

test("legacy keys are answered with the new name, once each, beside the other problems", () => {
  const text =
    '{ routing: { allowFrom: ["1"], bindings: [] }, identity: {}, gateway: { token: "x", prot: 1 },\n parrot: { requireMention: true } }';
  expect(
    issues(text, {
      legacyKeys: legacyKeysOfNetworks([parrot.network, { id: "guildhall", layout: "guilds" }]),
    }),
  ).toMatchObject([
    {
      code: "legacy-key",
      path: "routing.allowFrom",
      message: expect.stringContaining("<network>.allowFrom"),
      line: 1,
      column: 14,
    },
    { code: "legacy-key", path: "routing.bindings", message: expect.stringContaining("bindings") },
    { code: "legacy-key", path: "identity" },
    { code: "legacy-key", path: "gateway.token", message: expect.stringContaining("gateway.auth.token") },
    { code: "unknown-key", path: "gateway.prot", hint: "Did you mean port?" },
    {
      code: "legacy-key",
      path: "parrot.requireMention",
      message: expect.stringContaining('parrot.groups["*"].requireMention'),
      line: 2,
    },
  ]);
});

test("checks of the application run on valid values only; a warning does not make the config invalid", () => {
  const seen: unknown[] = [];
  const extraChecks: Options["extraChecks"] = (value, locate) => {
    seen.push(value);
    const severity = value["parrot"] === undefined ? "warning" : "error";
    return [{ code: "mine", path: "gateway", message: "m", hint: "h", severity, ...locate(["gateway"]) }];
  };
  expect(issues("{ nothing: 1 }", { extraChecks })).toMatchObject([{ code: "unknown-key" }]);
  expect(seen).toEqual([]);
  expect(good("{ gateway: {} }", { extraChecks }).warnings).toMatchObject([{ code: "mine", column: 12 }]);
  expect(issues("{ gateway: {}, parrot: {} }", { extraChecks })).toMatchObject([{ code: "mine", line: 1 }]);
});

test("checks that take any value speak also when the schema refused the value, but not of the same place twice", () => {
  const seen: unknown[] = [];
  const at = (place: string, severity: "error" | "warning" = "error") =>
    ({ code: place, path: place, message: "m", hint: "h", severity }) as const;
  const roughChecks: Options["roughChecks"] = (value) => {
    seen.push(value);
    return [at("parrot.allowFrom"), at("gateway.port"), at("gateway"), at("parrot.groups", "warning")];
  };
  const found = issues('{ gateway: { port: "x" }, parrot: { dmPolicy: "open" } }', { roughChecks });
  expect(found.map(({ code }) => code).sort()).toEqual(["parrot.allowFrom", "wrong-type"]);
  expect(seen).toEqual([{ gateway: { port: "x" }, parrot: { dmPolicy: "open" } }]);
  good("{ gateway: {} }", { roughChecks });
  expect(seen).toHaveLength(1);
});

test("secrets are collected from the secret keys and from variables whose names say so", () => {
  const secretKeys = [
    ["parrot", "token"],
    ["parrot", "accounts", "*", "token"],
    ["gateway", "auth"],
  ];
  const text = `{ parrot: { token: "raw-one", accounts: { work: { token: "x\${PARROT_TOKEN}" } }, allowFrom: ["\${OWNER_ID}", "http://u:\${PROXY_PASSWORD}@h"] },
    gateway: { auth: { token: "deep" } } }`;
  const environment = { PARROT_TOKEN: "from-variable", OWNER_ID: "123456", PROXY_PASSWORD: "hunter22" };
  expect([...good(text, { secretKeys, environment }).secrets].sort()).toEqual([
    "deep",
    "from-variable",
    "hunter22",
    "raw-one",
    "xfrom-variable",
  ]);
});

test("an unset variable stops the load; a secret may be left out with a warning where that is asked for", () => {
  const text = '{ parrot: { token: "${PARROT_TOKEN}", allowFrom: ["1"] } }';
  const secretKeys = [["parrot", "token"]];
  expect(issues(text, { secretKeys })).toMatchObject([
    { code: "unset-variable", path: "parrot.token", column: 20 },
  ]);
  const { value, warnings } = good(text, { secretKeys, unsetSecrets: "warn" });
  expect(value["parrot"]).not.toHaveProperty("token");
  expect(warnings).toMatchObject([{ code: "unset-variable", severity: "warning" }]);
  expect(
    issues('{ parrot: { allowFrom: ["${OWNER}"] } }', { secretKeys, unsetSecrets: "warn" }),
  ).toHaveLength(1);
});

test("no issue repeats a value, which may be a token in the wrong place", () => {
  const canary = "canary-5ecret";
  const text = `{ parrot: { dmPolicy: "${canary}", token: ["${canary}"], allowFrom: "${canary}", accounts: { a: "${canary}" } }, replies: "${canary}", gateway: { port: "${canary}" } }`;
  expect(issues(text).length).toBeGreaterThan(5);
  expect(JSON.stringify(issues(text))).not.toContain(canary);
});

test("a hostile file of unknown keys gives a bounded list", () => {
  const text = `{${Array.from({ length: 20_000 }, (_, index) => `k${index}:1`).join()}}`;
  const found = issues(text);
  expect(found).toHaveLength(501);
  expect(found.some(({ code }) => code === "more-issues")).toBe(true);
});

test("any text gives a config or issues, never a throw", () => {
  const key = fc.constantFrom(
    "parrot",
    "gateway",
    "groups",
    "accounts",
    "dmPolicy",
    "port",
    "__proto__",
    "$include",
    "routing",
    "replies",
    "token",
    "constructor",
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom("open", "${X}", "./x", "*", ""),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(key, tie("any"), { maxKeys: 4 }),
    ),
  })).any;
  fc.assert(
    fc.property(value, (config) => {
      const loaded = load(JSON.stringify(config));
      if (!loaded.ok) expect(loaded.issues.length).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});

test("the same files have the same fingerprint and another text another", () => {
  const first = good("{}").fingerprint;
  expect(good("{}").fingerprint).toBe(first);
  expect(good("{ }").fingerprint).not.toBe(first);
});

test("a config is written 0600, through a link to the file behind it, whole or not at all", () => {
  const before = process.umask(0);
  try {
    writeConfig(path, "{}\n");
  } finally {
    process.umask(before);
  }
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const link = join(directory, "link.json");
  symlinkSync(path, link);
  writeConfig(link, "{ gateway: {} }\n");
  expect(readFileSync(path, "utf8")).toBe("{ gateway: {} }\n");
  expect(() => writeConfig(join(path, "below-a-file"), "{}")).toThrow(
    expect.objectContaining({ code: "CLAWD_FILE_WRITE" }),
  );
});
