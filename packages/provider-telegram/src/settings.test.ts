import { describe, expect, test } from "vitest";
import { z } from "zod";
import { telegram } from "./index.ts";
import { settings, type TelegramSettings } from "./settings.ts";

const schema = z.strictObject(settings);
const token = "123456:ABC-DEF_ghi";
const url = "https://bot.example.com/telegram";

const problems = (value: object) =>
  schema.safeParse(value).error?.issues.map(({ path }) => path.join(".")) ?? [];

describe("the settings", () => {
  test("take what they should", () => {
    const whole: TelegramSettings = {
      botToken: token,
      apiRoot: "http://127.0.0.1:8081/",
      webhookUrl: url,
      webhookSecret: "s3cret_-",
      webhookPath: "/inside/telegram",
      replyToMode: "all",
    };
    expect(schema.parse(whole)).toEqual(whole);
  });

  test("have no defaults, so that an account inherits what it does not set", () => {
    expect(schema.parse({})).toEqual({});
  });

  test.each([
    [
      "botToken",
      [
        "",
        "x",
        "123456",
        "123456:",
        ":ABC",
        "1:a/../getMe",
        "1:a b",
        "1:a\n",
        `${"1".repeat(30)}:a`,
        42,
        null,
      ],
    ],
    ["tokenFile", ["", 42]],
    ["apiRoot", ["", "api.telegram.org", "file:///etc/passwd", "ftp://x.example", "javascript:alert(1)", 42]],
    [
      "webhookUrl",
      ["https://bot.example.com", "https://bot.example.com/", "/telegram", "https://b.example/a b", 42],
    ],
    ["webhookSecret", ["", "with space", "ümlaut", "a".repeat(257), 42]],
    ["webhookPath", ["", "/", "telegram", "/../admin", "/a/../b", "/a//b", "/a?b", "/%2e%2e/b", 42]],
    ["replyToMode", ["First", "none", true, ""]],
  ])("refuse a %s of another form", (name, values) => {
    for (const value of values)
      expect({ value, problems: problems({ [name]: value }) }).toEqual({ value, problems: [name] });
  });

  test("do not know other keys", () => {
    expect(schema.safeParse({ token }).success).toBe(false);
  });

  test("never repeat a token in what they say about it", () => {
    const wrong = "123456:ABC/secret";
    expect(
      JSON.stringify(schema.safeParse({ botToken: wrong, webhookSecret: `${wrong} ` }).error),
    ).not.toContain('secret"');
    expect(schema.safeParse({ botToken: wrong }).error?.message).not.toContain(wrong);
  });

  test("name the secret ones", () => {
    expect(telegram.secretSettings).toEqual(["botToken", "webhookSecret"]);
  });
});

describe("what is missing", () => {
  test.each([
    [{}, "@BotFather"],
    [{ botToken: token, tokenFile: "/run/token" }, "Remove one"],
    [{ botToken: token, webhookUrl: url }, "webhookSecret"],
  ])("in %j is said with a remedy", (value, remedy) => {
    expect(telegram.ready(value)).toMatchObject({ ready: false, hint: expect.stringContaining(remedy) });
  });

  test.each([
    { botToken: token },
    { tokenFile: "/run/token" },
    { botToken: token, webhookUrl: url, webhookSecret: "s" },
    { botToken: token, webhookSecret: "left over" },
  ])("is nothing in %j", (value) => {
    expect(telegram.ready(value)).toEqual({ ready: true });
  });
});
