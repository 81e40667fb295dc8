/** Approvals that name a profile and end: the command line, the documented file, and the running gateway. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { durationFrom } from "@clawd/pairing";
import { aWorld, type World } from "./a-world.ts";
import { aHome, clawdbot, eventually, type Home } from "./harness.ts";

const day = 24 * 3_600_000;
const allowFile = "credentials/telegram-allowFrom.json";

describe("a duration", () => {
  test.each([
    ["1m", 60_000],
    ["30m", 30 * 60_000],
    ["12h", day / 2],
    ["7d", 7 * day],
    ["2w", 14 * day],
    ["3650d", 3650 * day],
  ])("%s is understood", (text, milliseconds) => {
    expect(durationFrom(text)).toBe(milliseconds);
  });

  test.each(
    [
      "",
      "0m",
      "59s",
      "1",
      "m",
      "-1d",
      "1.5h",
      "1e3d",
      " 7d",
      "7d ",
      "7D",
      "7 d",
      "1y",
      "3651d",
      "522w",
      "0x7d",
    ].concat("9".repeat(400) + "d", "٧d", "7d\n"),
  )("%j is none", (text) => {
    expect(durationFrom(text)).toBeUndefined();
  });
});

describe("clawdbot pairing approve", { timeout: 60_000 }, () => {
  let home: Home;
  beforeEach(() => {
    home = aHome();
    home.configure({ access: { profiles: { kids: {}, guests: {} } } });
    return () => home.remove();
  });
  const approve = (...words: readonly string[]) =>
    clawdbot(home, ["pairing", "approve", "telegram", "--id", "42", ...words]);
  const file = () => JSON.parse(home.read(allowFile)) as Record<string, unknown>;

  test("--as and --for are kept beside the documented list, and shown by list --approved", async () => {
    const before = Date.now();
    const approved = await approve("--as", "friend", "--for", "7d");
    expect(approved.code).toBe(0);
    expect(approved.stdout).toMatch(/^Approved telegram sender 42 as friend until 2\d{3}-\S+Z\.\n$/);
    await clawdbot(home, ["pairing", "approve", "telegram", "--id", "43"]);
    const { allowFrom, grants } = file() as {
      allowFrom: string[];
      grants: Record<string, { profile: string; until: string }>;
    };
    expect(allowFrom).toEqual(["42", "43"]);
    expect(Object.keys(grants)).toEqual(["42"]);
    const { profile, until } = grants["42"]!;
    expect(profile).toBe("friend");
    expect(Date.parse(until)).toBeGreaterThanOrEqual(before + 7 * day);
    expect(Date.parse(until)).toBeLessThanOrEqual(Date.now() + 7 * day);
    const [shown, asJson, requests] = await Promise.all([
      clawdbot(home, ["pairing", "list", "telegram", "--approved"]),
      clawdbot(home, ["pairing", "list", "telegram", "--approved", "--json"]),
      clawdbot(home, ["pairing", "list", "telegram", "--json"]),
    ]);
    expect(shown.stdout).toBe(`Telegram user id: 42  as friend  until ${until}\nTelegram user id: 43\n`);
    expect(JSON.parse(asJson.stdout)).toEqual({
      provider: "telegram",
      account: "default",
      approved: [
        { id: "42", profile: "friend", until },
        { id: "43", profile: null, until: null },
      ],
    });
    expect(JSON.parse(requests.stdout)).toMatchObject({ provider: "telegram", requests: [] });
  });

  test("a profile of the config is known, another is refused with the nearest name, and nothing is approved", async () => {
    const [unknown, strange, owner] = [
      await approve("--as", "kidz"),
      await approve("--as", "../x"),
      await approve("--as", "owner"),
    ];
    for (const { code, stdout } of [unknown, strange, owner]) expect([code, stdout]).toEqual([1, ""]);
    expect(unknown.stderr).toMatch(/No such profile: kidz\.\nHint: Did you mean kids\?/);
    expect(strange.stderr).toMatch(
      /No such profile: \.\.\/x\.\nHint: One of: friend, stranger, kids, guests\./,
    );
    expect(owner.stderr).toContain("--owner");
    expect(() => file()).toThrow(/ENOENT/);
    expect((await approve("--as", "kids")).stdout).toBe("Approved telegram sender 42 as kids.\n");
  });

  test("a config that cannot be read hides no built-in profile, and lends no other", async () => {
    home.configure("{ access: ");
    const refused = await approve("--as", "kids");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/cannot be read.*\nHint: .*config validate/);
    expect((await approve("--as", "stranger")).code).toBe(0);
  });

  test("what is no duration, or an owner with an end, is wrong usage and approves nobody", async () => {
    for (const words of [
      ["--for", "tomorrow"],
      ["--for", "59s"],
      ["--for", "11y"],
      ["--for", ""],
      ["--owner", "--for", "7d"],
      ["--owner", "--as", "friend"],
    ])
      expect((await approve(...words)).code, words.join(" ")).toBe(2);
    const wrong = await approve("--for", "soon");
    expect(wrong.stderr).toMatch(/No duration: soon\nHint: write 30m, 12h, 7d or 2w/);
    expect(() => file()).toThrow(/ENOENT/);
  });

  test("a plain approval takes the place of a grant and says so, on stderr and in --json", async () => {
    await approve("--as", "kids", "--for", "2w");
    const plain = await approve();
    expect(plain.stdout).toBe("Approved telegram sender 42.\n");
    expect(plain.stderr).toMatch(/Until now .* as kids until \S+Z; now without profile or end\./);
    expect(file()).toEqual({ version: 1, allowFrom: ["42"] });
    const again = await approve("--as", "friend", "--json");
    expect(JSON.parse(again.stdout)).toEqual({
      provider: "telegram",
      account: "default",
      id: "42",
      owner: false,
      profile: "friend",
      until: null,
      replaced: { profile: null, until: null },
    });
  });

  test("a grant that a person miswrote approves nobody, and the list and the doctor say so", async () => {
    await approve("--as", "friend");
    const grants = { "42": { profile: "friend", untill: "2030-01-01T00:00:00Z" } };
    writeFileSync(join(home.stateDir, allowFile), JSON.stringify({ version: 1, allowFrom: ["42"], grants }));
    home.configure({ telegram: { botToken: "123456:ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghi" } });
    const [listed, doctor] = await Promise.all([
      clawdbot(home, ["pairing", "list", "telegram", "--approved"]),
      clawdbot(home, ["doctor"]),
    ]);
    expect(listed.stdout).toBe("");
    expect(listed.stderr).toContain("approvals that are not understood count for nobody (1)");
    expect(doctor.stdout).toContain("approvals that are not understood count for nobody");
  });
});

describe("clawdbot policy decide", { timeout: 60_000 }, () => {
  const groups = { "-1001": { requireMention: false } };
  const profiles = { kids: { agents: [] } };
  const message = (kind: "dm" | "group", sender: string) => ({
    action: "message",
    provider: "telegram",
    chat: { kind, id: kind === "dm" ? sender : "-1001" },
    sender: { id: sender },
  });
  const decide = async (home: Home, ...requests: readonly object[]) => {
    const input = requests.map((request) => JSON.stringify(request)).join("\n");
    const { stdout } = await clawdbot(home, ["policy", "decide"], input);
    return stdout
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { code: string }).code);
  };

  test("knows the profile of an approval in direct messages and in groups, and an end that has passed", async () => {
    const home = aHome();
    home.configure({ telegram: { groups }, access: { profiles } });
    await clawdbot(home, ["pairing", "approve", "telegram", "--id", "42", "--as", "kids"]);
    const requests = [message("dm", "42"), message("group", "42"), message("group", "43")];
    expect(await decide(home, ...requests)).toEqual(["agent-not-allowed", "agent-not-allowed", "allowed"]);
    const write = (until: string) =>
      writeFileSync(
        join(home.stateDir, allowFile),
        JSON.stringify({ version: 1, allowFrom: ["42"], grants: { "42": { until } } }),
      );
    write(new Date(Date.now() + day).toISOString());
    expect(await decide(home, message("dm", "42"))).toEqual(["allowed"]);
    write(new Date(Date.now() - 1).toISOString());
    expect(await decide(home, ...requests)).toEqual(["pairing-required", "allowed", "allowed"]);
    home.remove();
  });
});

describe("the running gateway", { timeout: 60_000 }, () => {
  let world: World;
  beforeAll(async () => {
    world = await aWorld();
    world.telegram.control.addUser({ id: 42, firstName: "Ada" });
    world.home.configure(world.config());
    await world.start();
  }, 60_000);
  afterAll(() => world.close());

  test("tells the person until when, lets them in, and is deaf to them once it is over", async () => {
    const { control } = world.telegram;
    control.say({ from: 42, text: "hello" });
    const { text } = await control.waitForSent({ method: "sendMessage", chatId: 42 });
    const code = /Pairing code: (\w{8})/.exec(text ?? "")![1]!;
    const words = ["pairing", "approve", "telegram", code, "--as", "friend", "--for", "1h", "--notify"];
    const approved = await clawdbot(world.home, words);
    expect(approved.stderr).toContain("The person is told.");
    const { grants } = JSON.parse(world.home.read(allowFile)) as {
      grants: Record<string, { until: string }>;
    };
    const until = grants["42"]!.until.slice(0, 16).replace("T", " ");
    await control.waitForSent({
      method: "sendMessage",
      chatId: 42,
      textIncludes: `approved until ${until} UTC`,
    });
    control.say({ from: 42, text: "while it lasts" });
    await control.waitForSent({ method: "sendMessage", textIncludes: "while it lasts" });
    const over = { "42": { profile: "friend", until: new Date(Date.now() - 1).toISOString() } };
    writeFileSync(
      join(world.home.stateDir, allowFile),
      JSON.stringify({ version: 1, allowFrom: ["42"], grants: over }),
    );
    control.say({ from: 42, text: "when it is over" });
    const codes = await eventually(() => {
      const told = world.texts(42).flatMap((sent) => /Pairing code: (\w{8})/.exec(sent)?.[1] ?? []);
      return told.length > 1 ? told : undefined;
    });
    expect(new Set(codes).size).toBe(2);
    expect(world.prompts()).not.toContain("when it is over");
    expect(JSON.parse(world.home.read(allowFile))).toEqual({ version: 1, allowFrom: [] });
  });
});
