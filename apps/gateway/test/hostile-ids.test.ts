/** Ids that were made to break whatever reads them: through the command line, the config and the decisions. Always an answer, never more. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aHome, clawdbot, type Home } from "./harness.ts";
import { dm, inRoom, namesOf, nobody, ruled, section } from "./every-network.ts";

let home: Home;
beforeAll(() => {
  home = aHome();
  const sections = ruled.map((network) => [
    network.id,
    section(network, { policy: "pairing", groupPolicy: "allowlist", people: [namesOf(network).alice] }),
  ]);
  home.configure(Object.fromEntries(sections));
});
afterAll(() => home.remove());

const hostile = nobody.filter((text) => !text.includes("\u0000"));

describe("hostile ids", { timeout: 60_000 }, () => {
  test("policy decide answers every line, and none of them with more than a code", async () => {
    const lines = ruled.flatMap((network) =>
      hostile.flatMap((id) => [
        dm(network, id),
        inRoom(network, id),
        { ...dm(network, "1"), provider: id },
        { ...dm(network, "1"), account: id },
        { ...dm(network, "1"), command: id },
        { ...dm(network, "1"), chat: { kind: "group", id } },
        { ...dm(network, "1"), chat: { kind: id, id: "1" } },
        { ...dm(network, "1"), event: id },
        { ...dm(network, "1"), chat: { kind: "dm", id: "1", thread: id, parent: id, guild: id, team: id } },
      ]),
    );
    const broken = [
      "nonsense",
      "{",
      "[]",
      "null",
      "7",
      '"x"',
      "{}",
      '{"__proto__":{"action":"message"}}',
      '{"action":"message","provider":"telegram","chat":{"kind":"dm","id":"1"},"sender":{"id":"1","__proto__":{"x":1}}}',
      `${"[".repeat(200_000)}`,
      `{"action":${"[".repeat(5000)}${"]".repeat(5000)}}`,
      JSON.stringify({ ...dm(ruled[0]!, "1"), sender: { id: "9".repeat(4_000_000) } }),
    ];
    const input = [...lines.map((line) => JSON.stringify(line)), ...broken].join("\n");
    const { code, stdout, stderr } = await clawdbot(home, ["policy", "decide"], input);
    expect([code, stderr]).toEqual([0, ""]);
    const decisions = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(decisions).toHaveLength(lines.length + broken.length);
    for (const [index, decision] of decisions.entries()) {
      const asked = JSON.stringify(lines[index] ?? broken[index - lines.length])?.slice(0, 200);
      expect(["deny", "challenge"], asked).toContain(decision["effect"]);
      expect(decision["rules"], asked).not.toEqual([]);
      // A code proves nothing but that this id asked for one.
      if (decision["effect"] === "challenge") expect(decision["code"], asked).toBe("pairing-required");
    }
    for (const decision of decisions.slice(lines.length))
      expect(["bad-request", "pairing-required"]).toContain(decision["code"]);
  });

  test("explain says the same in words", async () => {
    const some = ["__proto__", "x".repeat(4096), "\u202e\u200b", "*", "'; DROP"];
    const runs = await Promise.all(
      some.map((id) => clawdbot(home, ["policy", "explain", "--provider", "telegram", "--sender", id])),
    );
    for (const { code, stdout, stderr } of runs) {
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(/\w/);
      // What turns the text of a terminal round is never printed as it is.
      expect(stdout).not.toMatch(/[\u202e\u200b]/);
    }
  });

  test("pairing approve and revoke take no such id, and write no file", async () => {
    const some = [
      "__proto__",
      "x".repeat(4096),
      "\u202e42",
      "4\u200b2",
      "*",
      "@alice",
      "-100",
      " ",
      "\u0661",
    ];
    for (let at = 0; at < some.length; at += 3) {
      const batch = some.slice(at, at + 3);
      const approved = await Promise.all(
        batch.map((id) => clawdbot(home, ["pairing", "approve", "telegram", `--id=${id}`])),
      );
      const revoked = await Promise.all(
        batch.map((id) => clawdbot(home, ["pairing", "revoke", "telegram", "--", id])),
      );
      for (const { code, stdout, stderr } of [...approved, ...revoked]) {
        expect([1, 2], stderr).toContain(code);
        expect([stdout, stderr]).toEqual(["", expect.stringMatching(/Hint: /)]);
        expect(stderr).not.toMatch(/defect|\bat .*\.ts:|[\u202e\u200b]/);
      }
    }
    expect(() => home.read("credentials/telegram-allowFrom.json")).toThrow(/ENOENT/);
  });

  test("names of providers, accounts and codes that leave the directory are refused", async () => {
    const words = [
      ["pairing", "list", "../../etc"],
      ["pairing", "list", "__proto__"],
      ["pairing", "list", "telegram", "--account", "../../x"],
      ["pairing", "list", "telegram", "--account", "__proto__/../x"],
      ["pairing", "approve", "telegram", "../../../../etc/passwd"],
      ["pairing", "approve", "telegram", "\u202eABCD"],
      ["sessions", "show", "__proto__"],
      ["sessions", "show", "agent:../../x:main"],
      ["sessions", "show", "x".repeat(5000)],
    ];
    for (let at = 0; at < words.length; at += 3) {
      const runs = await Promise.all(words.slice(at, at + 3).map((some) => clawdbot(home, some)));
      for (const [index, { code, stdout, stderr }] of runs.entries()) {
        const what = words[at + index]!.join(" ").slice(0, 80);
        expect([1, 2], `${what}: ${stderr}`).toContain(code);
        expect(stdout, what).toBe("");
        expect(stderr, what).not.toMatch(/defect|\bat .*\.ts:|[\u202e\u200b]/);
        expect(stderr, what).toMatch(/\w/);
      }
    }
  });
});
