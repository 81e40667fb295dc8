/** The hook that watches every socket of the tests (T-G2): whom it takes for the one who opens it, and whom it lets. */
import { connect, createServer } from "node:net";
import { readFileSync, rmSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
/** Of the workspace, and of no package. */
const { undeclared: judged } = (await import(`${root}tools/tests/declared-sockets.mjs`)) as {
  readonly undeclared: (stack: string) => string | null;
};
const stackOf = (...frames: readonly string[]) =>
  ["Error: a socket is opened", ...frames.map((frame) => `    at connect (${frame}:1:2)`)].join("\n");
const own = (path: string) => `${root}${path}`;
const library = (name: string) => `${root}node_modules/.pnpm/${name}@1.0.0/node_modules/${name}/index.js`;

test.each([
  ["the way out", "packages/egress/src/dial.ts"],
  ["a network's own address", "packages/provider-telegram/src/transport.ts"],
  ["the engine", "packages/sandbox/src/docker/connection.ts"],
  ["a test's own client", "packages/egress/test/proxy.test.ts"],
  ["an emulator", "packages/emulators/src/listen.ts"],
])("%s is named, whatever library it uses and whoever calls it", (_what, path) => {
  expect(judged(stackOf("node:net", library("ws"), own(path), own("packages/core/src/road.ts")))).toBeNull();
});

test.each([
  "packages/core/src/road.ts",
  "packages/tools/src/web-fetch.ts",
  "packages/agent/src/loop.ts",
  "packages/provider-kit/src/text.ts",
  "packages/policy/src/decide.ts",
  "packages/server/src/http.ts",
  "apps/gateway/src/gateway.ts",
])("%s is not, though a test calls it and a library does it", (path) => {
  expect(judged(stackOf("node:net", library("ws"), own(path), own("packages/core/src/road.test.ts")))).toBe(
    path,
  );
  expect(judged(stackOf(`file://${own(path)}`))).toBe(path);
});

test("a library that connects by itself is named, or is a violation", () => {
  expect(judged(stackOf("node:net", library("docker-modem")))).toBeNull();
  expect(judged(stackOf("node:net", library("left-pad")))).toBe("the library left-pad");
  expect(judged(stackOf("node:net"))).toBe("nobody that is known");
});

test("a process that a test starts tells of every socket of its own", () => {
  const report = join(tmpdir(), `clawd-sockets-${process.pid}.jsonl`);
  const hook = own("tools/tests/declared-sockets.mjs");
  const opens = `
    import { connect } from "node:net";
    connect({ port: 1, host: "127.0.0.1" }).on("error", () => {});
    fetch("http://127.0.0.1:1/").catch(() => {});`;
  execFileSync(process.execPath, ["--import", hook, "--input-type=module", "-e", opens], {
    env: { CLAWD_TEST_SOCKET_REPORT: report },
  });
  const told = readFileSync(report, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { to: string });
  rmSync(report);
  expect(told.map(({ to }) => to)).toEqual(["127.0.0.1:1", "http://127.0.0.1:1/"]);
});

test("a test's own sockets go where they went before", async () => {
  const server = createServer((socket) => socket.end("hello"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const said = await new Promise((resolve) =>
    connect(port, "127.0.0.1").on("data", (bytes) => resolve(String(bytes))),
  );
  expect(said).toBe("hello");
  await new Promise((resolve) => server.close(resolve));
});
