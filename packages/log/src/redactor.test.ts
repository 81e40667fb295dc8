import fc from "fast-check";
import { expect, test } from "vitest";
import { createRedactor, mask, type RedactorOptions } from "./redactor.ts";

function redactor(options: RedactorOptions = { secrets: [] }) {
  const created = createRedactor(options);
  if (!created.ok) throw new Error(JSON.stringify(created.issues));
  return created.value;
}

const canary = "c4nary/5ecret+Value~9=";

const base64 = (text: string) => Buffer.from(text).toString("base64");

test.each<[string, string]>([
  ["raw", `before ${canary} after`],
  ["twice", `${canary}${canary}`],
  ["in capitals", canary.toUpperCase()],
  ["reversed", Array.from(canary).reverse().join("")],
  ["URL-encoded", `x=${encodeURIComponent(canary)}`],
  ["URL-encoded in small letters", encodeURIComponent(canary).toLowerCase()],
  ["in a form", new URLSearchParams({ x: canary }).toString()],
  ["in base64", base64(canary)],
  ["in base64 after one byte", base64(`u${canary}`)],
  ["in base64 after two bytes", base64(`u:${canary}`)],
  ["in base64 of a pair", base64(`user:${canary}\n`)],
  ["in base64 for addresses", Buffer.from(`:${canary}?`).toString("base64url")],
  ["in hex", Buffer.from(canary).toString("hex")],
  ["in hex in capitals", Buffer.from(canary).toString("hex").toUpperCase()],
  ["in JSON", JSON.stringify({ a: [canary] })],
  ["in JSON in JSON", JSON.stringify(JSON.stringify({ a: canary }))],
  ["split by spaces", Array.from(canary).join(" ")],
  ["split over lines", canary.replace("5", "\n5")],
  ["split by invisible characters", Array.from(canary).join("\u200B")],
  ["concatenated in code", `"${canary.slice(0, 8)}" + "${canary.slice(8)}"`],
  ["in an address", `https://user:${canary}@example.invalid/`],
])("a known secret is not found %s", (_name, text) => {
  const redacted = redactor({ secrets: [canary] }).redact(text);
  expect(redacted).toContain(mask);
  const squeezed = redacted.toLowerCase().replace(/[^a-z0-9]/g, "");
  for (const part of [
    "c4nary",
    "5ecret",
    "value9",
    "yran4c",
    "eulav",
    base64("5ecret").slice(0, 6).toLowerCase(),
  ]) {
    expect(squeezed).not.toContain(part);
  }
});

test("any secret in any text is gone, in each of the common forms, and the text around it stays", () => {
  const secret = fc.string({
    minLength: 8,
    maxLength: 60,
    unit: fc.constantFrom(...Array.from('abcXYZ0189+/=-_.~ %é😀"\\')),
  });
  const around = fc.string({ maxLength: 20, unit: fc.constantFrom(...Array.from("qwu:;, ")) });
  fc.assert(
    fc.property(secret, around, around, (raw, before, after) => {
      const value = raw.trim();
      fc.pre(value.length >= 8);
      const { redact } = redactor({ secrets: [value] });
      expect(redact(`${before}${value}${after}`)).not.toContain(value);
      expect(redact(encodeURIComponent(value))).not.toContain(encodeURIComponent(value));
      const encoded = base64(`${before}${value}${after}`);
      expect(Buffer.from(redact(encoded), "base64").toString()).not.toContain(value);
      expect(redact(before)).toBe(before);
    }),
  );
});

test("each line of a key file counts on its own", () => {
  const key = "-----BEGIN KEY-----\nQUJDREVGR0hJSktMTU5P\nMDEyMzQ1Njc4OWFiY2Rl\n-----END KEY-----";
  const { redact } = redactor({ secrets: [key] });
  expect(redact("bad line: MDEyMzQ1Njc4OWFiY2Rl")).toBe(`bad line: ${mask}`);
  expect(redact("-----BEGIN KEY-----")).toBe("-----BEGIN KEY-----");
});

test("a secret learned later is redacted, and earlier ones are not forgotten", () => {
  const it = redactor({ secrets: ["first-secret"] });
  expect(it.redact("second-secret")).toBe("second-secret");
  it.learn(["second-secret"]);
  expect(it.redact("first-secret second-secret")).toBe(`${mask} ${mask}`);
});

test("a text that is cut keeps no half of a secret", () => {
  const { redact } = redactor({ secrets: [canary] });
  for (let length = 1; length < 40; length++) {
    const redacted = redact(`12345 ${canary} and more`, length);
    expect(redacted).not.toContain(canary.slice(0, 3));
    expect(redacted).not.toContain(canary.slice(-4));
  }
  expect(redact("a".repeat(300), 256)).toBe(`${"a".repeat(256)}…(+44)`);
});

test("secrets too short to be told from words are left, with a warning that does not name them", () => {
  const created = createRedactor({ secrets: ["abc", "", "long-enough"] });
  expect(created).toMatchObject({ ok: true, warnings: [{ code: "short-secret", severity: "warning" }] });
  expect(JSON.stringify(created)).not.toContain("abc");
  expect(created.ok && created.value.redact("abc")).toBe("abc");
});

test.each([
  ["MY_API_KEY=abcdef", "MY_API_KEY="],
  ["export GITHUB_TOKEN='abcdef'", "export GITHUB_TOKEN="],
  ["DB_PASSWD: abcdef", "DB_PASSWD:"],
  ['{"apiKey":"abc\\"def","n":1}', '{"apiKey":'],
  ['{"access_token": "abcdef"}', '"access_token"'],
  ['{\\"password\\":\\"abcdef\\"}', "password"],
  ["{ clientSecret: 'abcdef' }", "clientSecret"],
  ["run --api-key abcdef now", "now"],
  ["run --token=abcdef now", "now"],
  ["Authorization: Bearer abcdef", "Authorization:"],
  ["authorization: Basic YWJjZGVm", "authorization:"],
  ["Cookie: session=abcdef", "Cookie:"],
  ["x-api-key: abcdef", "x-api-key:"],
  ["sent bearer abcdefabcdefabcdefabcdef", "sent bearer"],
  ["-----BEGIN RSA PRIVATE KEY-----\nabcdef\n-----END RSA PRIVATE KEY----- rest", "rest"],
  ["-----BEGIN PRIVATE KEY-----\nabcdef", ""],
  ["sk-abcdefabcdefabcdef", ""],
  ["ghp_abcdefabcdefabcdefabcdef", ""],
  ["github_pat_abcdefabcdefabcdefabcdef", ""],
  ["xoxb-1234-abcdefabcdef", ""],
  ["xapp-1-abcdefabcdef", ""],
  ["gsk_abcdefabcdefabcdef", ""],
  ["AIzaabcdefabcdefabcdefabcdef", ""],
  ["pplx-abcdefabcdef", ""],
  ["npm_abcdefabcdefabcdef", ""],
  ["https://h.invalid/bot123456789:AAabcdefabcdefabcdefabcdef/getMe", "/getMe"],
  ["MTabcdefabcdefabcdefabcdef.abcdef.abcdefabcdefabcdefabcdefabc", ""],
  ["eyJabcdefabcdef.eyJabcdefabcdef.abcdef", ""],
  ["https://user:abcdef@h.invalid/x", "@h.invalid/x"],
  ["GET /x?token=abcdef&y=1", "&y=1"],
  ["https://h.invalid/#access_token=abcdef", "https://h.invalid/#"],
])("what looks like a secret is masked though nobody named it: %s", (text, kept) => {
  const redacted = redactor().redact(text);
  expect(redacted).toContain(mask);
  expect(redacted).not.toMatch(/abcdef|YWJj/);
  expect(redacted).toContain(kept);
});

test.each([
  "message allowed: parrot:123456 in group -1001234567890",
  "agent:main:parrot:dm:42",
  "tokens used: 1234, max 2000",
  "2026-01-10T12:30:00.000Z",
  "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  "/home/someone/.clawdbot/agents/main/sessions/sessions.json",
  "+15551234567 · 120363041234567890@g.us",
  "5f0c8a9e-3b1d-4c56-9a7e-1f2d3c4b5a69",
  "https://h.invalid:8080/path?page=2",
])("ordinary text stays as it is: %s", (text) => {
  expect(redactor().redact(text)).toBe(text);
});

test("patterns of one's own add to the built-in ones", () => {
  const { redact } = redactor({ secrets: [], patterns: ["ticket-\\d+", "/Case [A-Z]{3}/"] });
  expect(redact("TICKET-77 Case ABC case abc sk-abcdefabcdef")).toBe(`${mask} ${mask} case abc ${mask}`);
});

test("a pattern of one's own is found in a long text, over the edges of its windows too", () => {
  const { redact } = redactor({ secrets: [], patterns: ["ticket-\\d+"] });
  for (const place of [0, 3065, 3070, 4090, 4095, 4096, 9000, 40_000]) {
    const text = `${"x".repeat(place)} ticket-123456 ${"y".repeat(5000)}`;
    expect(redact(text)).toBe(text.replace("ticket-123456", mask));
  }
});

test("bad patterns are issues, all at once, each with its place", () => {
  expect(createRedactor({ secrets: [], patterns: ["(", "fine", "(a+)+"] })).toMatchObject({
    ok: false,
    issues: [
      { code: "bad-pattern", path: "logging.redactPatterns[0]" },
      { code: "bad-pattern", path: "logging.redactPatterns[2]" },
    ],
  });
});

test("any text is taken, of any length", () => {
  const { redact } = redactor({
    secrets: [canary, "\uD800\uD800\uD800\uD800\uD800\uD800"],
    patterns: ["a{1,9}b"],
  });
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => typeof redact(text) === "string"));
  expect(redact("x".repeat(1_000_000))).toBe(`${"x".repeat(65_536)}…(+934464)`);
});

test("hostile texts cost about as much as others of their length", () => {
  const { redact } = redactor({ secrets: [canary] });
  const pieces = [
    "A",
    "=",
    ":",
    '"',
    "\\",
    " ",
    "-",
    "token:'",
    "://",
    "://a:",
    "KEY=",
    "-----BEGIN PRIVATE KEY-----",
    "eyJ",
    "1",
    "sk-",
    "?key=",
    "TOKEN",
  ];
  // None of these may hang; a pattern of quadratic cost would take minutes here.
  for (const piece of pieces)
    expect(redact(piece.repeat(Math.ceil(60_000 / piece.length)))).toEqual(expect.any(String));
});
