import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listenPrivately, socketName, type ListenOptions } from "./listen.ts";
import { systemRoots } from "./secure.ts";
import { containerEnvironment, trustFiles, writeTrust } from "./trust.ts";

let directory: string;
let umask: number;
const listeners: { stop(): Promise<void> }[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "clawd-egress-"));
  umask = process.umask(0);
});
afterEach(async () => {
  process.umask(umask);
  for (const listener of listeners.splice(0)) await listener.stop();
  rmSync(directory, { recursive: true });
});

const listen = async (where: string, options?: ListenOptions) => {
  const listener = await listenPrivately(where, (stream) => stream.end("hello"), options);
  listeners.push(listener);
  return listener;
};
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
const isUnsafe = expect.objectContaining({ code: "CLAWD_EGRESS_SOCKET" });

test("the socket is 0600 in a directory of 0700, whatever the umask, and serves", async () => {
  const { path } = await listen(join(directory, "a", "b"));
  expect([mode(path), mode(join(directory, "a", "b"))]).toEqual(["600", "700"]);
  const [greeting] = (await once(connect(path), "data")) as [Buffer];
  expect(greeting.toString()).toBe("hello");
});

test.skipIf(process.getuid?.() !== 0)(
  "a socket can be given to the user of the container, and to nobody else",
  async () => {
    const { path } = await listen(join(directory, "a"), { owner: { uid: 10_001, gid: 10_001 } });
    const stat = statSync(path);
    expect([stat.uid, mode(path), mode(join(directory, "a")), statSync(join(directory, "a")).uid]).toEqual([
      10_001,
      "600",
      "711",
      0,
    ]);
  },
);

test("stopping removes it, and a second time does nothing", async () => {
  const listener = await listen(directory);
  await listener.stop();
  await listener.stop();
  expect(existsSync(listener.path)).toBe(false);
});

test("what a killed gateway left is replaced; a link that somebody planted is removed, not followed", async () => {
  const target = join(directory, "precious");
  writeFileSync(target, "precious");
  const own = join(directory, "own");
  mkdirSync(own, { mode: 0o700 });
  symlinkSync(target, join(own, socketName));
  const { path } = await listen(own);
  expect([lstatSync(path).isSocket(), readFileSync(target, "utf8"), mode(target)]).toEqual([
    true,
    "precious",
    "666",
  ]);
  const left = createServer().listen(join(directory, "left"));
  await once(left, "listening");
  left.close();
});

test("a directory that is a link, or that others may write to, is refused", async () => {
  mkdirSync(join(directory, "real"), { mode: 0o700 });
  symlinkSync(join(directory, "real"), join(directory, "link"));
  await expect(listen(join(directory, "link"))).rejects.toThrowError(isUnsafe);
  mkdirSync(join(directory, "open"));
  chmodSync(join(directory, "open"), 0o777);
  await expect(listen(join(directory, "open"))).rejects.toThrowError(isUnsafe);
  writeFileSync(join(directory, "file"), "");
  await expect(listen(join(directory, "file"))).rejects.toThrowError(isUnsafe);
});

test("a socket for any user of a container stands below a directory that keeps everybody else out, or nowhere", async () => {
  const within = join(directory, "c");
  mkdirSync(within, { mode: 0o755 });
  const { path } = await listen(within, { isOpenWithin: true });
  expect([mode(path), mode(within)]).toEqual(["666", "755"]);
  chmodSync(directory, 0o711);
  await expect(listen(within, { isOpenWithin: true })).rejects.toThrowError(isUnsafe);
  await expect(listen(within)).rejects.toThrowError(isUnsafe);
});

test("a file in the socket's place is left, and a path that the kernel would cut is refused", async () => {
  writeFileSync(join(directory, socketName), "mine");
  await expect(listen(directory)).rejects.toThrowError(isUnsafe);
  expect(readFileSync(join(directory, socketName), "utf8")).toBe("mine");
  await expect(listen(join(directory, "x".repeat(100)))).rejects.toThrowError(isUnsafe);
});

test("a successor's socket survives the end of the one before", async () => {
  const first = await listen(directory);
  const second = await listen(directory);
  await first.stop();
  const [greeting] = (await once(connect(second.path), "data")) as [Buffer];
  expect(greeting.toString()).toBe("hello");
});

test("the bundle holds the roots that Node trusts and ours after them", () => {
  const ours = "-----BEGIN CERTIFICATE-----\nours\n-----END CERTIFICATE-----\n";
  writeTrust(directory, ours);
  const bundle = readFileSync(join(directory, trustFiles.bundle), "utf8");
  expect(bundle.match(/BEGIN CERTIFICATE/g)).toHaveLength(systemRoots().length + 1);
  expect(bundle.endsWith(ours)).toBe(true);
  expect(readFileSync(join(directory, trustFiles.certificate), "utf8")).toBe(ours);
  expect([mode(join(directory, trustFiles.bundle)), mode(join(directory, trustFiles.certificate))]).toEqual([
    "644",
    "644",
  ]);
});

test("a container is told of certificates only where hosts have secrets", () => {
  expect(containerEnvironment()).toMatchObject({
    HTTPS_PROXY: "http://127.0.0.1:3128",
    https_proxy: "http://127.0.0.1:3128",
    NO_PROXY: "",
  });
  expect(Object.keys(containerEnvironment()).filter((name) => /CA|CERT/i.test(name))).toEqual([]);
  expect(containerEnvironment({ directory: "/run/egress" })).toMatchObject({
    SSL_CERT_FILE: "/run/egress/egress-roots.pem",
    NODE_EXTRA_CA_CERTS: "/run/egress/egress-ca.pem",
  });
});
