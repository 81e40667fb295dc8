import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ensureToken } from "./index.ts";
import { createTokenCheck } from "./token.ts";

function aStateDir(): string {
  const directory = mkdtempSync(join(tmpdir(), "clawd-server-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function withToken(text: string): string {
  const stateDir = aStateDir();
  mkdirSync(join(stateDir, "credentials"));
  writeFileSync(join(stateDir, "credentials/gateway-token"), text);
  return stateDir;
}

test("the first start makes a token of 256 bits, kept 0600 in 0700, and every later one finds it", () => {
  const stateDir = aStateDir();
  const umask = process.umask(0);
  try {
    const first = ensureToken({ configured: undefined, stateDir });
    expect(Buffer.from(first.token, "base64url")).toHaveLength(32);
    expect(first).toMatchObject({
      source: "file",
      isNew: true,
      path: join(stateDir, "credentials/gateway-token"),
    });
    expect(statSync(first.path!).mode & 0o777).toBe(0o600);
    expect(statSync(join(stateDir, "credentials")).mode & 0o777).toBe(0o700);
    expect(ensureToken({ configured: undefined, stateDir })).toEqual({ ...first, isNew: false });
  } finally {
    process.umask(umask);
  }
});

test("two installations have two tokens", () => {
  const [a, b] = [aStateDir(), aStateDir()].map(
    (stateDir) => ensureToken({ configured: undefined, stateDir }).token,
  );
  expect(a).not.toBe(b);
});

test("a configured token is used, and nothing is written", () => {
  const stateDir = aStateDir();
  const configured = "0123456789abcdef0123456789abcdef";
  expect(ensureToken({ configured, stateDir })).toEqual({
    token: configured,
    source: "config",
    isNew: false,
    path: null,
  });
  expect(() => statSync(join(stateDir, "credentials"))).toThrow();
});

test.each([
  "",
  " ",
  "secret",
  "0123456789abcdef",
  "${GATEWAY_TOKEN}",
  "changeme-changeme",
  "a".repeat(100),
  "abab".repeat(20),
])("a configured token of less than 128 bits (%j) is refused, not replaced", (configured) => {
  const stateDir = aStateDir();
  expect(() => ensureToken({ configured, stateDir })).toThrow(
    expect.objectContaining({ code: "CLAWD_TOKEN_WEAK" }),
  );
  expect(() => statSync(join(stateDir, "credentials"))).toThrow();
});

test.each(["", "short\n", "\0".repeat(64)])(
  "a kept token that is damaged (%j) is a fault and stays as it is",
  (text) => {
    const stateDir = withToken(text);
    expect(() => ensureToken({ configured: undefined, stateDir })).toThrow(
      expect.objectContaining({ code: "CLAWD_TOKEN_WEAK", hint: expect.stringContaining("gateway-token") }),
    );
    expect(readFileSync(join(stateDir, "credentials/gateway-token"), "utf8")).toBe(text);
  },
);

test("no message contains the token", () => {
  expect(() => ensureToken({ configured: "hunter2", stateDir: aStateDir() })).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining("hunter2") }),
  );
});

test("a symbolic link in the token's place is refused", () => {
  const stateDir = withToken("x");
  const path = join(stateDir, "credentials/gateway-token");
  const planted = join(stateDir, "planted");
  writeFileSync(planted, "0123456789abcdef0123456789abcdef");
  rmSync(path);
  symlinkSync(planted, path);
  expect(() => ensureToken({ configured: undefined, stateDir })).toThrow(
    expect.objectContaining({ code: "CLAWD_TOKEN_READ" }),
  );
});

test("only the token itself passes the check", () => {
  const isToken = createTokenCheck("token");
  expect(isToken("token")).toBe(true);
  for (const guess of ["", "toke", "tokenx", "TOKEN", "token\0", "x".repeat(1_000_000)])
    expect(isToken(guess)).toBe(false);
});
