/** Every config of docs/access-profiles.md is valid as it stands there and decides what the page says. */
import { afterAll, expect, test } from "vitest";
import { configsOf, decisionsOf, install } from "./documented-page.ts";
import { aHome, clawdbot } from "./harness.ts";

const home = aHome({ TELEGRAM_BOT_TOKEN: "123456:a-token-that-nobody-has-00000000000" });
afterAll(() => home.remove());

const configs = configsOf("access-profiles.md");

const dm = (id: string) => ({ provider: "telegram", chat: { kind: "dm", id }, sender: { id } });
const group = { kind: "group", id: "-1001234567890" };
const inGroup = (id: string) => ({ provider: "telegram", chat: group, sender: { id } });
const uses = (tool: string, more: object = {}) => ({ action: "tool", agent: "main", tool, ...more });

/** What is decided, in words. */
function inWords(decision: unknown): string {
  const { effect, code, obligations } = decision as {
    effect: string;
    code: string;
    obligations: readonly { kind: string; place?: string; profile?: string }[];
  };
  const place = obligations.find(({ kind }) => kind === "run-in")?.place;
  const asks = obligations.some(({ kind }) => kind === "await-approval") ? ", after approval" : "";
  const counts = obligations.find(({ kind }) => kind === "count-against-budget")?.profile;
  if (effect !== "allow") return code;
  return place === undefined ? code + (counts === undefined ? "" : `, counted as ${counts}`) : place + asks;
}

type Claim = readonly [origin: object, request: object, decision: string];

const firstTable = (origin: object, words: readonly string[]): readonly Claim[] =>
  [
    "bash",
    "read",
    "write",
    "browser",
    "sessions_list",
    "image",
    "message",
    "web_fetch",
    "gateway",
    "cron",
  ].map((tool, at) => [origin, uses(tool), words[at]!] as const);
const [host, box, yes, no] = ["host", "sandbox", "gateway", "tool-not-in-sandbox"];
const owners = "owner-only-tool";
const boxed = [box, box, box, no, yes, yes, no, no];

/** In the order of the page. */
const claims: readonly (readonly Claim[])[] = [
  [
    ...firstTable(dm("42"), [host, host, host, host, yes, yes, yes, yes, yes, yes]),
    ...firstTable(inGroup("42"), [...boxed, no, no]),
    ...firstTable(dm("43"), [...boxed, owners, owners]),
    ...firstTable(inGroup("7"), [...boxed, owners, owners]),
    [
      { provider: "webchat", chat: { kind: "dm", id: "operator" }, sender: { id: "operator" } },
      uses("bash"),
      host,
    ],
    [inGroup("7"), { action: "send", agent: "main", to: { provider: "telegram", chat: group } }, no],
    [
      inGroup("7"),
      { action: "session", agent: "main", operation: "read", session: "agent:main:main" },
      "session-of-another",
    ],
  ],
  [
    [dm("44"), uses("read"), box],
    [dm("44"), uses("bash"), "tool-not-allowed"],
    [dm("43"), uses("bash"), box],
    [dm("44"), {}, "allowed, counted as kids"],
    [dm("43"), {}, "allowed"],
    [dm("44"), { command: "help" }, "command-allowed"],
    [dm("44"), { command: "status" }, "command-not-allowed"],
    [dm("43"), { command: "status" }, "command-allowed"],
  ],
  [
    [dm("45"), uses("read"), box],
    [dm("45"), uses("bash"), "tool-not-allowed"],
    [dm("46"), uses("read"), "pairing-required"],
  ],
  [
    [dm("42"), uses("bash", { agent: "personal" }), host],
    [dm("43"), uses("bash", { agent: "personal" }), "host, after approval"],
    [dm("43"), uses("write", { agent: "personal" }), host],
    [inGroup("42"), uses("bash", { agent: "personal" }), "host, after approval"],
    [inGroup("7"), uses("bash", { agent: "personal" }), "host-not-allowed"],
    [inGroup("7"), uses("read", { agent: "personal" }), "host-not-allowed"],
    [inGroup("7"), uses("web_fetch", { agent: "personal" }), yes],
    [inGroup("7"), uses("read", { agent: "family" }), box],
    [inGroup("7"), uses("message", { agent: "family" }), yes],
    [inGroup("7"), uses("bash", { agent: "family" }), "tool-not-allowed"],
  ],
  [
    [dm("43"), uses("message"), "gateway, after approval"],
    [dm("43"), uses("write"), box],
    [dm("42"), uses("message"), yes],
  ],
  [
    [dm("42"), uses("browser"), "tool-not-allowed"],
    [dm("43"), uses("write"), box],
    [inGroup("42"), uses("write"), "tool-not-allowed"],
    [inGroup("43"), uses("bash"), box],
    [inGroup("43"), uses("process"), "tool-not-allowed"],
    [inGroup("42"), uses("bash"), "tool-not-allowed"],
    [inGroup("7"), uses("read"), box],
  ],
  [
    [dm("42"), uses("bash"), box],
    [dm("42"), uses("bash", { elevated: true }), host],
    [dm("43"), uses("bash", { elevated: true }), "elevated-not-allowed"],
    [dm("42"), uses("read", { elevated: true }), "elevated-not-allowed"],
  ],
  [
    [inGroup("7"), uses("bash"), "place-not-allowed"],
    [dm("43"), uses("bash"), box],
    [dm("42"), uses("bash"), host],
    [dm("44"), {}, "sender-not-listed"],
  ],
];

test("every config of the page has its claims", () => expect(claims).toHaveLength(configs.length));

test.each(configs.map((config, index) => [index + 1, config] as const))(
  "config %i of the page",
  async (number, config) => {
    await install(home, config);
    if (config.text.includes("guest:")) await approve("45", "guest");
    const claimed = claims[number - 1]!;
    const decisions = await decisionsOf(
      home,
      claimed.map(([origin, request]) => ({ ...origin, ...request })),
    );
    const lines = (words: readonly string[]) =>
      claimed.map(([origin, request], at) => `${JSON.stringify({ ...origin, ...request })}: ${words[at]}`);
    expect(lines(decisions.map(inWords))).toEqual(lines(claimed.map(([, , words]) => words)));
  },
);

/** As the page says, with an id in place of a code. */
async function approve(id: string, profile: string): Promise<void> {
  const words = ["pairing", "approve", "telegram", "--id", id, "--as", profile, "--for", "7d"];
  expect(await clawdbot(home, words)).toMatchObject({ code: 0 });
  const { stdout } = await clawdbot(home, ["pairing", "list", "telegram", "--approved"]);
  expect(stdout).toMatch(/45.*guest/);
}

test("lint finds nothing idle on the page but what it says of itself, and no stranger where none can write", async () => {
  const named: string[] = [];
  for (const [index, config] of configs.entries()) {
    await install(home, config);
    const { stdout } = await clawdbot(home, ["policy", "lint", "--json"]);
    const { findings } = JSON.parse(stdout) as { findings: readonly { code: string; path: string }[] };
    named.push(...findings.map(({ code, path }) => `${index + 1}: ${code} ${path}`));
  }
  const ours = /: (dead-setting|dead-grant|never-asked|denied-elsewhere|strangers-without-sandbox) /;
  // "Their `write` does not wait, since it runs in the sandbox, where nothing asks."
  expect(named.filter((each) => ours.test(each))).toEqual(["5: never-asked access.profiles.friend.ask[1]"]);
});

test("who holds a profile that the config does not have any more has no rights", async () => {
  const [config] = configs.filter(({ text }) => text.includes("guest:"));
  await install(home, { ...config!, text: config!.text.replace("guest:", "visitor:") });
  const decisions = await decisionsOf(home, [dm("45"), { ...dm("45"), ...uses("read") }]);
  expect(decisions.map(inWords)).toEqual(["profile-unknown", "profile-unknown"]);
});

test("a config of which an example does not hold is refused", async () => {
  const { text } = configs.at(-1)!;
  home.configure(
    text.replace('"telegram:43 uses bash in dm": "sandbox"', '"telegram:43 uses bash in dm": "deny"'),
  );
  const { code, stdout } = await clawdbot(home, ["config", "validate", "--json"]);
  expect([code, JSON.parse(stdout)]).toMatchObject([
    1,
    { issues: [{ code: "example-violated", file: "clawdbot.json", line: 13 }] },
  ]);
});
