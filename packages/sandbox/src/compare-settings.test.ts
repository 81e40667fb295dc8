import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { compareSettings } from "./compare-settings.ts";
import { type SandboxConfig, sandboxShape } from "./schema.ts";
import { resolveSettings } from "./settings.ts";

type Scope = Parameters<typeof resolveSettings>[2];
type Docker = NonNullable<SandboxConfig["docker"]>;

const settings = (own: SandboxConfig, defaults: SandboxConfig = {}, scope: Scope = "agent") =>
  resolveSettings(defaults, own, scope, "/state");
const compared = (before: SandboxConfig, after: SandboxConfig) =>
  compareSettings(settings(before), settings(after));
const docker = (before: Docker, after: Docker) =>
  compared({ docker: before }, { docker: after }).map(({ direction, key }) => `${direction} ${key}`);

describe("one setting", () => {
  test.each<[string, Docker, Docker, readonly string[]]>([
    ["a network", {}, { network: "lan" }, ["widens sandbox.docker.network"]],
    ["no network any more", { network: "lan" }, {}, ["narrows sandbox.docker.network"]],
    ["another network", { network: "lan" }, { network: "wan" }, ["changes sandbox.docker.network"]],
    ["more memory", {}, { memory: "2g" }, ["widens sandbox.docker.memory"]],
    ["less memory", {}, { memory: "512m" }, ["narrows sandbox.docker.memory"]],
    ["the same memory", {}, { memory: "1024m", memorySwap: 1024 ** 3 }, []],
    ["another image", {}, { image: "other:1" }, ["changes sandbox.docker.image"]],
    ["a writable root", {}, { readOnlyRoot: false }, ["widens sandbox.docker.readOnlyRoot"]],
    ["a user", {}, { user: "1000" }, ["changes sandbox.docker.user"]],
    ["a variable", {}, { env: { LANG: "C.UTF-8", A: "1" } }, ["changes sandbox.docker.env.A"]],
    ["a set-up command", {}, { setupCommand: "true" }, ["changes sandbox.docker.setupCommand"]],
    [
      "a lower limit of files",
      {},
      { ulimits: { nofile: "512:4096" } },
      ["narrows sandbox.docker.ulimits.nofile"],
    ],
    [
      "a limit of files half higher",
      {},
      { ulimits: { nofile: "512:8192" } },
      ["widens sandbox.docker.ulimits.nofile"],
    ],
    ["a limit that was not there", {}, { ulimits: { nproc: 5 } }, ["narrows sandbox.docker.ulimits.nproc"]],
    ["a limit taken away", { ulimits: { nproc: 5 } }, {}, ["widens sandbox.docker.ulimits.nproc"]],
    ["a bind", {}, { binds: ["/w/a:/data"] }, ["widens sandbox.docker.binds"]],
    ["a bind, written otherwise", { binds: ["/w/a:/data"] }, { binds: ["/w/a/:/data:ro"] }, []],
    [
      "a bind that may be written",
      { binds: ["/w/a:/data"] },
      { binds: ["/w/a:/data:rw"] },
      ["widens sandbox.docker.binds"],
    ],
    [
      "a bind of something else",
      { binds: ["/w/a:/data"] },
      { binds: ["/w/b:/data"] },
      ["changes sandbox.docker.binds"],
    ],
    [
      "a bind less",
      { binds: ["/w/a:/data", "/w/b:/more"] },
      { binds: ["/w/b:/more"] },
      ["narrows sandbox.docker.binds"],
    ],
    [
      "binds in another order",
      { binds: ["/w/a:/data", "/w/b:/more"] },
      { binds: ["/w/b:/more", "/w/a:/data"] },
      [],
    ],
    [
      "a bind less that covered a part of another",
      { binds: ["/w/a:/data", "/w/empty:/data/private"] },
      { binds: ["/w/a:/data"] },
      ["changes sandbox.docker.binds"],
    ],
    [
      "a tmpfs less that covered a part of a bind",
      { binds: ["/w/a:/data"], tmpfs: ["/tmp", "/data/private"] },
      { binds: ["/w/a:/data"], tmpfs: ["/tmp"] },
      ["changes sandbox.docker.tmpfs"],
    ],
    ["a tmpfs less", {}, { tmpfs: ["/tmp", "/run"] }, ["narrows sandbox.docker.tmpfs"]],
    [
      "a tmpfs less above a writable root",
      { readOnlyRoot: false },
      { readOnlyRoot: false, tmpfs: ["/tmp", "/run"] },
      ["changes sandbox.docker.tmpfs"],
    ],
    [
      "a tmpfs from which things run",
      {},
      { tmpfs: ["/tmp:exec", "/var/tmp", "/run"] },
      ["widens sandbox.docker.tmpfs"],
    ],
    [
      "a smaller tmpfs",
      {},
      { tmpfs: ["/tmp:size=1m", "/var/tmp", "/run"] },
      ["narrows sandbox.docker.tmpfs"],
    ],
    [
      "a tmpfs whose size is 0, which is none",
      {},
      { tmpfs: ["/tmp:size=0", "/var/tmp", "/run"] },
      ["widens sandbox.docker.tmpfs"],
    ],
    [
      "a tmpfs of any size where it had 0",
      { tmpfs: ["/tmp:size=00k"] },
      { tmpfs: ["/tmp:size=9g"] },
      ["narrows sandbox.docker.tmpfs"],
    ],
    ["the tmpfs as it is anyway", {}, { tmpfs: ["/run", "/tmp:size=256m", "/var/tmp:noexec"] }, []],
    ["name servers", {}, { dns: ["9.9.9.9"] }, ["changes sandbox.docker.dns"]],
    [
      "binds from outside",
      {},
      { dangerouslyAllowExternalBindSources: true },
      ["widens sandbox.docker.dangerouslyAllowExternalBindSources"],
    ],
    ["another prefix of names", {}, { containerPrefix: "x-" }, []],
  ])("%s", (_name, before, after, expected) => expect(docker(before, after)).toEqual(expected));

  test.each<[string, SandboxConfig, SandboxConfig, readonly string[]]>([
    ["a kernel of its own no more", { isolation: "strong" }, {}, ["widens sandbox.isolation"]],
    ["a kernel of its own", {}, { isolation: "strong" }, ["narrows sandbox.isolation"]],
    [
      "containers that are never removed",
      {},
      { prune: { idleHours: 0 } },
      ["widens sandbox.prune.idleHours"],
    ],
    ["containers removed after all", { prune: { maxAgeDays: 0 } }, {}, ["narrows sandbox.prune.maxAgeDays"]],
    ["a larger workspace", {}, { workspaceMax: "11g" }, ["widens sandbox.workspaceMax"]],
    ["workspaces elsewhere", {}, { workspaceRoot: "/elsewhere" }, ["changes sandbox.workspaceRoot"]],
  ])("%s", (_name, before, after, expected) =>
    expect(compared(before, after).map(({ direction, key }) => `${direction} ${key}`)).toEqual(expected),
  );

  test("a variable's value is in the seal and in no word", () => {
    const [one] = compared(
      { docker: { env: { TOKEN: "old-canary" } } },
      { docker: { env: { TOKEN: "new-canary" } } },
    );
    expect(JSON.stringify(one)).not.toContain("canary");
    const [other] = compared(
      { docker: { env: { TOKEN: "old-canary" } } },
      { docker: { env: { TOKEN: "newer" } } },
    );
    expect(one!.seal).not.toBe(other!.seal);
  });

  test("what no rule knows is a change", () => {
    const made = settings({});
    const after = { ...made, docker: { ...made.docker, privileged: true }, gpus: "all" };
    expect(compareSettings(made, after).map(({ direction, key }) => `${direction} ${key}`)).toEqual([
      "changes sandbox.docker.privileged",
      "changes sandbox.gpus",
    ]);
  });
});

test("written in the defaults or for the agent, a setting is the same; in a shared sandbox the agent's own does not count", () => {
  const wide: SandboxConfig = { docker: { network: "lan", binds: ["/w/a:/data"] } };
  expect(compareSettings(settings(wide), settings({}, wide))).toEqual([]);
  expect(compareSettings(settings({}, {}, "shared"), settings(wide, {}, "shared"))).toEqual([]);
  expect(
    compareSettings(settings(wide, {}, "shared"), settings(wide)).map(({ direction }) => direction),
  ).toEqual(["widens", "widens"]);
});

// Every key of the schema, with values that differ from each other in what they do.
const words = ["a1", "b2"];
const special: Readonly<Record<string, readonly unknown[]>> = {
  isolation: ["standard", "strong"],
  workspaceMax: ["1g", "2g", 5_000_000],
  "docker.memory": ["1g", "2g", 500_000_000],
  "docker.tmpfs": [[], ["/tmp"], ["/tmp:size=1m"], ["/tmp", "/x:exec"]],
  "docker.binds": [[], ["/w/a:/d"], ["/w/a:/d:rw"], ["/w/b:/d"], ["/w/a:/d", "/w/b:/d/e"]],
  "docker.ulimits": [{}, { nproc: 5 }, { nofile: "1:2" }, { fsize: { soft: 1, hard: 9 } }],
  "docker.env": [{}, { A: "1" }, { A: "2", constructor: "x" }],
  "docker.network": ["none", "lan", "wan"],
  "docker.dns": [[], ["9.9.9.9"], ["1.1.1.1", "9.9.9.9"]],
  "docker.extraHosts": [[], ["a:1.2.3.4"]],
};
/** Keys that reach nothing: a name; how many wait; what may only be said one way; and the socket, one for all agents, compared beside. */
// Of the engine: whether a config names another one is not a question of what an agent's container may.
const ofEngine = ["docker.socket", "docker.certPath", "docker.remote", "docker.transport"];
const without = [
  "docker.containerPrefix",
  "pool",
  "browser.containerPrefix",
  "docker.capDrop",
  "docker.memorySwap",
  ...ofEngine,
];

interface Node {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
}
const keysOf = (node: Node, path = ""): readonly (readonly [string, Node])[] =>
  Object.entries(node.properties ?? {}).flatMap(([key, child]) =>
    child.properties === undefined ? [[path + key, child] as const] : keysOf(child, `${path}${key}.`),
  );
const keys = keysOf(z.toJSONSchema(z.strictObject(sandboxShape), { io: "input" }) as Node);
const valuesOf = (key: string, node: Node): readonly unknown[] =>
  special[key] ??
  (node.type === "boolean"
    ? [true, false]
    : node.type === "integer" || node.type === "number"
      ? [1, 2, 400]
      : words);

function configWith(values: Readonly<Record<string, unknown>>): SandboxConfig {
  const config: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) {
    const [block, field] = key.split(".");
    if (value === undefined) continue;
    if (field === undefined) config[key] = value;
    else config[block!] = { ...(config[block!] as object | undefined), [field]: value };
  }
  return config as SandboxConfig;
}

test("every key of the schema has a rule: two values that do something else are never the same", () => {
  expect(keys.length).toBeGreaterThan(25);
  for (const [key, node] of keys) {
    const values = valuesOf(key, node);
    for (const before of values)
      for (const after of values) {
        const found = compared(configWith({ [key]: before }), configWith({ [key]: after }));
        const isSame = before === after || without.includes(key);
        expect(found.length > 0, `${key}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`).toBe(
          !isSame,
        );
        if (isSame) continue;
        // What is narrower one way is held the other way.
        const isHeld = (changes: typeof found) => changes.some(({ direction }) => direction !== "narrows");
        const back = compared(configWith({ [key]: after }), configWith({ [key]: before }));
        expect(isHeld(found) || isHeld(back), key).toBe(true);
      }
  }
});

describe("for any two configs", () => {
  const anyConfig = fc
    .tuple(...keys.map(([key, node]) => fc.constantFrom(undefined, undefined, ...valuesOf(key, node))))
    .map((values) => configWith(Object.fromEntries(keys.map(([key], index) => [key, values[index]]))));
  const anySettings = fc
    .record({
      own: anyConfig,
      defaults: anyConfig,
      scope: fc.constantFrom<Scope>("session", "agent", "shared"),
    })
    .map(({ own, defaults, scope }) => settings(own, defaults, scope));
  const isHeld = (...[before, after]: Parameters<typeof compareSettings>) =>
    compareSettings(before, after).some(({ direction }) => direction !== "narrows");
  const runs = { numRuns: 800, seed: 7 };

  test("nothing differs from itself", () => {
    fc.assert(
      fc.property(anySettings, (one) => compareSettings(one, structuredClone(one)).length === 0),
      runs,
    );
  });

  test("what only narrows one way does not the other way, and no difference is none either way", () => {
    fc.assert(
      fc.property(anySettings, anySettings, (one, other) => {
        const [there, back] = [compareSettings(one, other), compareSettings(other, one)];
        expect(back.length === 0).toBe(there.length === 0);
        if (there.length > 0) expect(isHeld(one, other) || isHeld(other, one)).toBe(true);
      }),
      runs,
    );
  });

  test("two steps that narrow are one that narrows", () => {
    const narrowed = (from: ReturnType<typeof settings>) =>
      fc
        .tuple(...Array.from({ length: 12 }, () => fc.tuple(fc.constantFrom(...fieldsOf(from)), anySettings)))
        .map((steps) => {
          let now = from;
          for (const [field, other] of steps) {
            const next = withField(now, field, other);
            if (!isHeld(now, next)) now = next;
          }
          return now;
        });
    let strict = 0;
    fc.assert(
      fc.property(
        anySettings.chain((one) =>
          narrowed(one).chain((two) => narrowed(two).map((three) => [one, two, three] as const)),
        ),
        ([one, two, three]) => {
          expect([isHeld(one, two), isHeld(two, three), isHeld(one, three)]).toEqual([false, false, false]);
          if (compareSettings(one, two).length > 0 && compareSettings(two, three).length > 0) strict++;
        },
      ),
      { ...runs, numRuns: 400 },
    );
    expect(strict).toBeGreaterThan(80);
  });
});

type Settings = ReturnType<typeof settings>;
const fieldsOf = ({ docker: block, ...rest }: Settings): readonly string[] => [
  ...Object.keys(rest),
  ...Object.keys(block).map((field) => `docker.${field}`),
];

/** One field as the other settings have it. */
function withField(one: Settings, field: string, other: Settings): Settings {
  const [block, inner] = field.split(".") as [keyof Settings, string?];
  if (inner === undefined) return { ...one, [block]: other[block] };
  return { ...one, docker: { ...one.docker, [inner]: (other.docker as never)[inner] } };
}
