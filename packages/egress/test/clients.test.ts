/** The programs that people use, through the proxy as a container has it: a unix socket behind a forwarder on 127.0.0.1. */
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { containerEnvironment } from "../src/trust.ts";
import { aRig, aSecureServer, aServer, opened, refusals, type ARig, type Origin } from "./a-network.ts";

const canary = "canary-Zx81-secret";
let directory: string;
let plain: Origin;
let safe: Origin;
let rig: ARig;
const seen: IncomingMessage[] = [];

/** A registry of packages for npm and for pip, a repository for git, and an echo. */
const answer: RequestListener = (request, response) => {
  seen.push(request);
  const path = decodeURIComponent(new URL(request.url!, "http://x").pathname);
  if (path === "/hello") return void response.end("hello from the origin");
  if (path === "/leftpad") {
    const dist = { tarball: "http://registry.site.test/leftpad.tgz", shasum: "0".repeat(40) };
    const versions = { "1.2.3": { name: "leftpad", version: "1.2.3", dist } };
    return void response
      .setHeader("content-type", "application/json")
      .end(JSON.stringify({ name: "leftpad", "dist-tags": { latest: "1.2.3" }, versions }));
  }
  if (path === "/simple/tinypackage/") {
    return void response
      .setHeader("content-type", "text/html")
      .end(
        `<a href="/files/tinypackage-1.0.tar.gz#sha256=${createHash("sha256").update(sdist()).digest("hex")}">tinypackage-1.0.tar.gz</a>`,
      );
  }
  if (path === "/files/tinypackage-1.0.tar.gz") return void response.end(sdist());
  if (path.startsWith("/repository.git/")) {
    try {
      return void response.end(readFileSync(join(directory, "served", normalize(path))));
    } catch {
      return void response.writeHead(404).end();
    }
  }
  response.setHeader("content-type", "application/json").end(JSON.stringify(request.headers));
};

/** A tar of one file, as pip wants it. */
function sdist(): Buffer {
  const content = Buffer.from("Metadata-Version: 1.0\nName: tinypackage\nVersion: 1.0\n");
  const header = Buffer.alloc(512);
  header.write("tinypackage-1.0/PKG-INFO");
  header.write("0000644\0", 100);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        ", 148);
  header.write("0", 156);
  header.write(
    `${[...header]
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, "0")}\0 `,
    148,
  );
  return gzipSync(Buffer.concat([header, content, Buffer.alloc(512 - content.length + 1024)]));
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "clawd-clients-"));
  mkdirSync(join(directory, "home"));
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@site.test", ...args], {
      cwd: directory,
      stdio: "pipe",
    });
  git("init", "-q", "work");
  writeFileSync(join(directory, "work", "README"), "from git\n");
  git("-C", "work", "add", "README");
  git("-C", "work", "commit", "-qm", "first");
  git("clone", "-q", "--bare", "work", "served/repository.git");
  git("-C", "served/repository.git", "update-server-info");
  plain = await aServer(answer);
  safe = await aSecureServer(["api.site.test"], answer);
  rig = await aRig({
    allow: [{ host: "*.site.test", ports: [plain.port, safe.port] }, opened(plain.port, safe.port)],
    secrets: [{ host: "api.site.test", header: "authorization", value: canary, scheme: "Bearer" }],
  });
});
afterAll(async () => {
  await rig.stop();
  await plain.stop();
  await safe.stop();
  rmSync(directory, { recursive: true });
});

interface Run {
  readonly status: number;
  readonly output: string;
}

/** With the environment of a container and nothing of ours but where programs are. */
function run(command: string, ...args: readonly string[]): Promise<Run> {
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: join(directory, "home"),
    ...(process.env["PYENV_ROOT"] !== undefined && { PYENV_ROOT: process.env["PYENV_ROOT"] }),
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    ...containerEnvironment({ port: rig.forwarder.port, directory: rig.directory }),
  };
  return new Promise((resolve) => {
    execFile(command, args, { env, cwd: directory, timeout: 60_000 }, (fault, stdout, stderr) => {
      const status = fault === null ? 0 : typeof fault.code === "number" ? fault.code : -1;
      resolve({ status, output: `${stdout}${stderr}` });
    });
  });
}

function has(command: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const isCi = process.env["CI"] === "true";
/** In CI a program that is missing is a failure; elsewhere it says so. */
const needs = (command: string, ...args: readonly string[]) => {
  const isThere = has(command, ...args);
  if (!isThere && !isCi) console.warn(`${command} is not here: its test of the egress proxy is skipped.`);
  return test.skipIf(!isThere && !isCi);
};
const python = "python3";

const plainUrl = (path: string) => `http://a.site.test:${plain.port}${path}`;
const safeUrl = (path: string) => `https://api.site.test:${safe.port}${path}`;
/** That the last request carried the secret, and that neither program nor audit has seen it. */
function expectKept({ output, status }: Run) {
  expect([status, seen.at(-1)!.headers.authorization], output).toEqual([0, `Bearer ${canary}`]);
  expect(output).not.toContain(canary);
  expect(JSON.stringify(rig.events)).not.toContain(canary);
}

needs("curl", "--version")(
  "curl: an open host, one that is closed, and a secret that it never sees",
  async () => {
    expect((await run("curl", "-sS", plainUrl("/hello"))).output).toBe("hello from the origin");
    const closed = await run("curl", "-sS", "-w", "%{http_code}", `http://b.other.test:${plain.port}/`);
    expect(closed.output).toContain("b.other.test");
    expect(closed.output).toContain("sandbox.egress.allow");
    expect(closed.output).toMatch(/403$/);
    const tunnel = await run("curl", "-sS", "https://b.other.test/");
    expect([tunnel.status, tunnel.output]).toEqual([56, expect.stringContaining("403")]);
    expect(refusals(rig.events).slice(-2)).toEqual(["host-not-allowed", "host-not-allowed"]);
    expectKept(await run("curl", "-sSv", safeUrl("/echo")));
    expectKept(await run("curl", "-sSv", "--http2", "-H", "Authorization: Bearer mine", safeUrl("/echo")));
  },
);

needs("git", "--version")("git clones, plainly and with a secret", async () => {
  const first = await run("git", "clone", "-q", plainUrl("/repository.git"), "plain");
  expect([first.status, readFileSync(join(directory, "plain/README"), "utf8")], first.output).toEqual([
    0,
    "from git\n",
  ]);
  const second = await run("git", "clone", "-q", safeUrl("/repository.git"), "safe");
  expect(readFileSync(join(directory, "safe/README"), "utf8")).toBe("from git\n");
  expectKept(second);
});

needs("npm", "--version")("npm reads a registry, plainly and with a secret", async () => {
  const first = await run("npm", "view", "leftpad", "version", "--registry", plainUrl("/"));
  expect(first.output.trim(), first.output).toBe("1.2.3");
  const second = await run("npm", "view", "leftpad", "version", "--registry", safeUrl("/"));
  expect(second.output).toContain("1.2.3");
  expectKept(second);
});

needs(
  python,
  "-m",
  "pip",
  "--version",
)("pip downloads, with a secret", async () => {
  const index = safeUrl("/simple");
  const listed = await run(python, "-m", "pip", "index", "versions", "--index-url", index, "tinypackage");
  expect(listed.output).toContain("1.0");
  expectKept(listed);
});

needs(python, "--version")("Python's urllib, plainly and with a secret", async () => {
  const script = (url: string) =>
    `import urllib.request; print(urllib.request.urlopen("${url}").read().decode())`;
  expect((await run(python, "-c", script(plainUrl("/hello")))).output.trim()).toBe("hello from the origin");
  expectKept(await run(python, "-c", script(safeUrl("/echo"))));
});

test("Node's fetch, plainly and with a secret", async () => {
  const script = (url: string) => `fetch("${url}").then(async (r) => console.log(await r.text()))`;
  expect((await run(process.execPath, "-e", script(plainUrl("/hello")))).output.trim()).toBe(
    "hello from the origin",
  );
  expectKept(await run(process.execPath, "-e", script(safeUrl("/echo"))));
});

test("without our certificate a client refuses the host that has a secret", async () => {
  const script = `fetch("${safeUrl("/echo")}").catch((e) => console.log(e.cause.code))`;
  const args = ["-u", "NODE_EXTRA_CA_CERTS", "-u", "SSL_CERT_FILE", process.execPath, "-e", script];
  expect((await run("env", ...args)).output).toMatch(/SELF_SIGNED|UNABLE_TO/);
});
