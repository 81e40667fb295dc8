import { expect, test } from "vitest";
import { valueOf } from "./node.ts";
import { parseText } from "./parse.ts";
import { sourceOf } from "./source.ts";
import { substituteVariables, type SubstituteOptions } from "./substitute.ts";

function substitute(
  text: string,
  environment: SubstituteOptions["environment"],
  optionalKeys: string[][] = [],
) {
  const parsed = parseText(sourceOf("clawdbot.json", text));
  if (!parsed.ok) throw new Error("The test's text is broken.");
  return substituteVariables(parsed.value, { environment, optionalKeys });
}

function valueWith(text: string, environment: SubstituteOptions["environment"]) {
  const substituted = substitute(text, environment);
  if (!substituted.ok) throw new Error(JSON.stringify(substituted.issues));
  return valueOf(substituted.value.node);
}

test("puts variables into strings, wherever they stand", () => {
  const text = '{ a: "${TOKEN}", list: ["x-${A_1}-${TOKEN}"] }';
  expect(valueWith(text, { TOKEN: "t", A_1: "one" })).toEqual({ a: "t", list: ["x-one-t"] });
});

test("a doubled dollar is the text itself, and a value is not read a second time", () => {
  expect(valueWith('{ a: "$${TOKEN}", b: "${B}", c: "$5 ${}" }', { B: "${TOKEN}", TOKEN: "t" })).toEqual({
    a: "${TOKEN}",
    b: "${TOKEN}",
    c: "$5 ${}",
  });
});

test("keys are left as they are", () => {
  expect(valueWith('{ "${TOKEN}": 1 }', { TOKEN: "t" })).toEqual({ "${TOKEN}": 1 });
});

test.each([
  ["unset", {}],
  ["empty", { TOKEN: "" }],
])("an %s variable is an issue with place and hint, never the literal text", (_name, environment) => {
  expect(substitute('{\n  bot: "${TOKEN}" }', environment)).toEqual({
    ok: false,
    issues: [
      {
        code: "unset-variable",
        path: "bot",
        message: "The environment variable TOKEN is not set.",
        hint: expect.stringContaining("$${TOKEN}"),
        file: "clawdbot.json",
        line: 2,
        column: 8,
      },
    ],
  });
});

test("a variable in small letters is a mistake, not a text", () => {
  expect(substitute('{ bot: "${botToken}" }', { botToken: "x" })).toMatchObject({
    ok: false,
    issues: [{ code: "variable-name", path: "bot" }],
  });
});

test("names that every object has are not found in the environment", () => {
  const inherited = Object.create({ TOKEN: "inherited" }) as Record<string, string>;
  expect(substitute('{ a: "${TOKEN}" }', inherited)).toMatchObject({
    ok: false,
    issues: [{ code: "unset-variable" }],
  });
  expect(substitute('{ a: "${constructor}", b: "${__proto__}" }', {})).toMatchObject({
    ok: false,
    issues: [{}, {}],
  });
});

test("a key named as optional is left out with a warning", () => {
  const substituted = substitute('{ bot: { token: "${TOKEN}", name: "b" }, other: 1 }', {}, [["*", "token"]]);
  if (!substituted.ok) throw new Error("It should be fine.");
  expect(valueOf(substituted.value.node)).toEqual({ bot: { name: "b" }, other: 1 });
  expect(substituted.warnings).toMatchObject([
    { code: "unset-variable", path: "bot.token", severity: "warning" },
  ]);
});
