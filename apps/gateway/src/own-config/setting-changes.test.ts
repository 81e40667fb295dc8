import { toJsonSchema } from "@clawd/config/schema";
import { describe, expect, test } from "vitest";
import { type SchemaNode, schemaLeaves } from "../../test/schema-keys.ts";
import type { Config } from "../config.ts";
import { classOf } from "./config-keys.ts";
import { secretSettingsOf } from "../providers.ts";
import { concealed, settingChanges } from "./setting-changes.ts";
import { configOptions } from "../settings.ts";

const secretSettings = await secretSettingsOf();
const ports = { paths: { stateDir: "/state" }, secretSettings };
const found = (before: unknown, after: unknown) =>
  settingChanges(before as Config, after as Config, ports).map(
    ({ direction, key, agents }) => `${direction} ${key}${agents.length === 0 ? "" : ` of ${agents.join()}`}`,
  );
const sandbox = (settings: object) => ({ agents: { defaults: { sandbox: settings } } });

describe("a config that", () => {
  test.each<[string, object, object, readonly string[]]>([
    [
      "opens a host",
      {},
      sandbox({ egress: { allow: ["example.org"] } }),
      ["widens sandbox.egress.allow of main"],
    ],
    [
      "names another engine",
      {},
      sandbox({ docker: { socket: "/x.sock" } }),
      ["changes agents.defaults.sandbox.docker.socket"],
    ],
    ["moves a workspace", {}, { agents: { defaults: { workspace: "/etc" } } }, ["changes workspace of main"]],
    ["writes the usual workspace out", {}, { agents: { defaults: { workspace: "~/clawd" } } }, []],
    [
      "lets commands run for ever",
      {},
      { tools: { bash: { timeoutSec: 0 } } },
      ["widens tools.bash.timeoutSec"],
    ],
    ["ends commands earlier", {}, { tools: { bash: { timeoutSec: 60 } } }, ["narrows tools.bash.timeoutSec"]],
    ["opens the port to other machines", {}, { gateway: { bind: "lan" } }, ["widens gateway.bind"]],
    ["writes the usual gateway out", {}, { gateway: { bind: "loopback", port: 1, allowedHosts: [] } }, []],
    [
      "takes another Host for its own",
      {},
      { gateway: { allowedHosts: ["x"] } },
      ["widens gateway.allowedHosts"],
    ],
    ["logs elsewhere", {}, { logging: { file: "/tmp/x" } }, ["changes logging.file"]],
    ["redacts less", { logging: { redactPatterns: ["a"] } }, {}, ["widens logging.redactPatterns"]],
    ["redacts more", {}, { logging: { redactPatterns: ["a"] } }, ["narrows logging.redactPatterns"]],
    [
      "sends the agent's words elsewhere",
      {},
      { models: { providers: { anthropic: { baseUrl: "https://elsewhere.test" } } } },
      ["changes model of main", "narrows model of main"],
    ],
    [
      "names a service that no agent uses",
      {},
      { models: { providers: { other: { baseUrl: "https://o.test" } } } },
      [],
    ],
    ["uses another model of the same service", {}, { agents: { defaults: { model: "anthropic/x" } } }, []],
    [
      "uses one that stands under other rules",
      { tools: { byProvider: { "anthropic/claude-opus-4-5": { deny: ["bash"] } } } },
      {
        tools: { byProvider: { "anthropic/claude-opus-4-5": { deny: ["bash"] } } },
        agents: { defaults: { model: "anthropic/x" } },
      },
      ["changes model of main", "narrows model of main"],
    ],
    [
      "is woken by anything",
      {},
      { messages: { groupChat: { mentionPatterns: [".*"] } } },
      ["widens groupChat.mentionPatterns of main"],
    ],
    [
      "speaks to another server",
      { telegram: {} },
      { telegram: { apiRoot: "https://x" } },
      ["changes telegram.apiRoot"],
    ],
    ["has a new token", { telegram: { botToken: "1:a" } }, { telegram: { botToken: "1:b" } }, []],
    [
      "writes an account's settings above it",
      { telegram: { accounts: { work: { apiRoot: "https://x" } } } },
      { telegram: { apiRoot: "https://x", accounts: { work: {} } } },
      [],
    ],
    ["switches an account off", { telegram: { apiRoot: "https://x" } }, { telegram: { enabled: false } }, []],
    ["has a section that nobody knows", {}, { plugins: { paths: ["/x"] } }, ["changes plugins.paths"]],
    ["drops a section that nobody knows", { plugins: { a: 1 } }, {}, ["changes plugins.a"]],
  ])("%s", (_name, before, after, expected) => expect(found(before, after)).toEqual(expected));
});

test("each agent has its own, and alike ones are one line", () => {
  const agents = (docker: object, own: object = {}) => ({
    agents: {
      defaults: { sandbox: { docker } },
      list: [{ id: "main" }, { id: "family", sandbox: { docker: own } }],
    },
  });
  expect(found(agents({}), agents({ network: "lan" }))).toEqual([
    "widens sandbox.docker.network of main,family",
  ]);
  expect(found(agents({}), agents({}, { network: "lan" }))).toEqual([
    "widens sandbox.docker.network of family",
  ]);
  expect(found(agents({ network: "lan" }), agents({ network: "lan" }, { network: "none" }))).toEqual([
    "narrows sandbox.docker.network of family",
  ]);
});

test("an agent that comes is compared with what it would have had; nothing is said of one that goes", () => {
  const one = { agents: { list: [{ id: "main" }] } };
  const two = (own: object) => ({ agents: { list: [{ id: "main" }, { id: "new", ...own }] } });
  expect(found(one, two({}))).toEqual([]);
  expect(found(one, two({ workspace: "/" }))).toEqual(["changes workspace of new"]);
  expect(found(two({ workspace: "/" }), one)).toEqual([]);
});

test("no secret of the two configs is in the words, and two of them are still two changes", () => {
  const to = (password: string) => {
    const after = { telegram: { apiRoot: `https://u:${password}@host` } };
    const changes = settingChanges({ telegram: {} }, after, ports);
    return concealed(changes, ["canary-one", "canary-two"])[0]!;
  };
  const [one, two] = [to("canary-one"), to("canary-two")];
  expect([one.after, two.after]).toEqual(["https://u:[redacted]@host", "https://u:[redacted]@host"]);
  expect(one.seal).not.toBe(two.seal);
});

// Every key of the schema, one at a time: what is compared or held is never missed, and nothing else is ever said.
const schema = schemaLeaves(toJsonSchema((await configOptions("/nowhere")).schema) as SchemaNode);
const values: Readonly<Record<string, readonly unknown[]>> = {
  tmpfs: [["/tmp"], ["/x:exec"]],
  binds: [["/w/a:/d"], ["/w/b:/d"]],
  network: ["none", "lan"],
  memory: ["1g", "2g"],
  workspaceMax: ["1g", "2g"],
  primary: ["one/x", "two/x"],
  fallbacks: [["one/x"], ["two/x"]],
  ports: [[80], [443]],
  baseUrl: ["https://a.test", "https://b.test"],
};
const valuesOf = (key: string, { type, enum: words, const: only }: SchemaNode): readonly unknown[] =>
  values[key] ??
  (words !== undefined
    ? words
    : only !== undefined
      ? [only]
      : type === "boolean"
        ? [true, false]
        : type === "integer" || type === "number"
          ? [1, 2]
          : type === "array"
            ? [["a"], ["b"]]
            : ["one", "two"]);

/** The key with its value, in a config where it has an effect. */
function configWith(path: readonly string[], value: unknown): object {
  const config: Record<string, unknown> = {};
  if (path.includes("egress")) return withWholeEgress(path, value);
  const [last] = path.slice(-1);
  let at: Record<string, unknown> = config;
  path.slice(0, -1).forEach((segment, index) => {
    const name = segment === "*" ? (path[index - 1] === "providers" ? "anthropic" : "main") : segment;
    const isList = path[index + 1] === "*" && ["list", "bindings", "allow", "secrets"].includes(segment);
    if (isList) {
      const entry = segment === "list" ? { id: "main" } : {};
      const list = [entry];
      at[name] = list;
      at = { main: entry };
    } else at = (at[name] ??= {}) as Record<string, unknown>;
  });
  at[last === "*" ? "main" : last!] = value;
  return config;
}

/** A way out is read as a whole, so that a part needs the rest. */
function withWholeEgress(path: readonly string[], value: unknown): object {
  const key = path.at(-1)!;
  const own = (whole: object) => ({ ...whole, [key]: key === "host" ? `${String(value)}.test` : value });
  const secret = { host: "a.test", header: "x-a", value: "long-enough-1" };
  const long = key === "value" ? { value: `${String(value)}-long-enough` } : {};
  const egress = path.includes("allow")
    ? { allow: [own({ host: key === "private" ? "8.8.8.8" : "a.test", ports: [443] })] }
    : { allow: ["a.test", "one.test", "two.test"], secrets: [{ ...own(secret), ...long }] };
  return path[1] === "defaults"
    ? { agents: { defaults: { sandbox: { egress } } } }
    : { agents: { list: [{ id: "main", sandbox: { egress } }] } };
}

/** Compared keys that have no effect where they stand, or may be said in one way alone. */
const idle = [
  ...["socket", "certPath", "remote", "transport"].map((key) => `agents.list.*.sandbox.docker.${key}`),
  "agents.defaults.sandbox.docker.capDrop",
  "agents.list.*.sandbox.docker.capDrop",
  "agents.defaults.sandbox.docker.memorySwap",
  "agents.list.*.sandbox.docker.memorySwap",
];

test("every key of the config, changed alone, is compared or held, or is the policy's or nobody's", () => {
  let [said, unsaid] = [0, 0];
  for (const [joined, node] of schema) {
    const path = joined.split("\n");
    const name = path.join(".");
    const [one, two] = valuesOf(path.at(-1)!, node).map((value) => configWith(path, value));
    if (two === undefined) continue;
    const keyClass = classOf(path, secretSettings);
    const changes = [...found(one, two), ...found(two, one)];
    const isSaid = (keyClass === "compared" || keyClass === "held") && !idle.includes(name);
    expect(changes.length > 0, `${name} (${keyClass}): ${changes.join()}`).toBe(isSaid);
    // There or back, one of them waits.
    if (isSaid)
      expect(
        changes.some((change) => !change.startsWith("narrows")),
        name,
      ).toBe(true);
    if (isSaid) said++;
    else unsaid++;
  }
  expect([said > 60, unsaid > 200]).toEqual([true, true]);
});
