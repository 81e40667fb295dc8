import { describe, expect, test } from "vitest";
import { z } from "zod";
import { secretSettings, settings } from "./settings.ts";

const schema = z.strictObject(settings);

describe("settings", () => {
  test("nothing is needed, since an account inherits what it does not set, and nothing is filled in", () => {
    expect(schema.parse({})).toEqual({});
  });

  test("accepts what people write", () => {
    const written = { webSocketUrl: "ws://127.0.0.1:9000/ws/chat", selfChatMode: true };
    expect(schema.parse(written)).toEqual(written);
  });

  test.each([
    { webSocketUrl: "https://example.test" },
    { selfChatMode: "yes" },
    { authDir: "" },
    { authdir: "x" },
  ])("refuses %j", (written) => {
    expect(schema.safeParse(written).success).toBe(false);
  });

  test("every secret is a setting", () => {
    expect(Object.keys(settings)).toEqual(expect.arrayContaining([...secretSettings]));
  });
});
