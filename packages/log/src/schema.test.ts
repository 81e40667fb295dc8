import { expect, test } from "vitest";
import { z } from "zod";
import { loggingSchema } from "./schema.ts";

const issuesOf = (value: unknown) => loggingSchema.safeParse(value).error?.issues ?? [];

test("the defaults log at info and redact with the built-in patterns", () => {
  expect(loggingSchema.parse(undefined)).toEqual({ level: "info", redactPatterns: [] });
});

test("takes every key", () => {
  const config = {
    level: "debug",
    file: "/var/log/clawdbot.log",
    consoleLevel: "silent",
    consoleStyle: "json",
    redactPatterns: ["ticket-\\d+"],
  };
  expect(loggingSchema.parse(config)).toEqual(config);
});

test("redaction has no switch, and the issue says what to do", () => {
  for (const redactSensitive of ["off", "tools"]) {
    expect(issuesOf({ redactSensitive })).toMatchObject([
      {
        path: ["redactSensitive"],
        params: { code: "always-redacted", hint: expect.stringContaining("Remove") },
      },
    ]);
  }
});

test("a pattern that is broken or dangerous is an issue at its place", () => {
  expect(issuesOf({ redactPatterns: ["fine", "(", "(a+)+"] })).toMatchObject([
    { path: ["redactPatterns", 1], params: { code: "bad-pattern" } },
    { path: ["redactPatterns", 2], params: { code: "bad-pattern", hint: expect.stringContaining("bound") } },
  ]);
});

test("unknown keys, unknown words and relative files are refused", () => {
  expect(issuesOf({ redactPattern: [] })).toMatchObject([{ code: "unrecognized_keys" }]);
  expect(issuesOf({ level: "verbose" })).toMatchObject([{ code: "invalid_value" }]);
  expect(issuesOf({ file: "logs/x.log" })).toMatchObject([{ params: { code: "relative-path" } }]);
});

test("can be described for editors", () => {
  expect(z.toJSONSchema(loggingSchema, { io: "input", unrepresentable: "any" })).toMatchObject({
    type: "object",
  });
});
