import { describe, expect, test } from "vitest";
import { z } from "zod";
import { secretSettings, settings } from "./settings.ts";

const schema = z.strictObject(settings);

describe("settings", () => {
  test("nothing is needed, since an account inherits what it does not set, and nothing is filled in", () => {
    expect(schema.parse({})).toEqual({});
  });

  test("accepts what people write", () => {
    const written = { cliPath: "imsg", service: "auto", region: "US" };
    expect(schema.parse(written)).toEqual(written);
  });

  test.each([{ cliPath: "" }, { service: "email" }, { region: "usa" }, { dbpath: "x" }])(
    "refuses %j",
    (written) => {
      expect(schema.safeParse(written).success).toBe(false);
    },
  );

  test("every secret is a setting", () => {
    expect(Object.keys(settings)).toEqual(expect.arrayContaining([...secretSettings]));
  });
});
