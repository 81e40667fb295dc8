import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fakeClock } from "@clawd/kernel/testing";
import { afterEach, describe, expect, test } from "vitest";
import { dockerEngine } from "../src/docker.ts";
import type { ContainerSpecification, Engine } from "../src/engine.ts";
import { hijacked, illEngine, json, temporaryDirectory, version } from "./silent-engine.ts";

const specification: ContainerSpecification = {
  name: "clawdbot-test-silence",
  image: `sha256:${"0".repeat(64)}`,
  labels: {},
  command: ["/x"],
  user: "10001:10001",
  workdir: "/",
  environment: {},
  mounts: [],
  tmpfs: {},
  isRootReadOnly: true,
  network: "none",
  capDrop: ["ALL"],
  seccomp: '{"defaultAction":"SCMP_ACT_ERRNO"}',
  apparmor: null,
  limits: { processes: 1, memory: 1e8, cpus: 1, ulimits: {} },
  dns: [],
  extraHosts: [],
};
const build = {
  tag: "t:1",
  dockerfile: "FROM scratch",
  files: {},
  labels: {},
  network: "none",
  arguments: {},
} as const;

/** Every call there is. */
const calls: Readonly<Record<string, (engine: Engine, signal?: AbortSignal) => Promise<unknown>>> = {
  describe: (engine, signal) => engine.describe(signal),
  image: (engine, signal) => engine.image("x:1", signal),
  build: (engine, signal) => engine.build(build, () => undefined, signal),
  create: (engine, signal) => engine.create(specification, signal),
  start: (engine, signal) => engine.start("x", signal),
  inspect: (engine, signal) => engine.inspect("x", signal),
  list: (engine, signal) => engine.list({}, signal),
  remove: (engine, signal) => engine.remove("x", signal),
};
const names = Object.keys(calls);
const run = (name: string, engine: Engine, signal?: AbortSignal) => {
  const call = calls[name];
  if (call === undefined) throw new Error(name);
  return call(engine, signal).then(
    () => "done",
    (fault: { code?: string }) => fault.code,
  );
};

/** Lets the fake time pass until the call ends: nothing but its patience can end it. */
async function atLast<Answer>(clock: ReturnType<typeof fakeClock>, answer: Promise<Answer>): Promise<Answer> {
  let isOver = false;
  void answer.finally(() => (isOver = true));
  for (let tries = 0; tries < 500 && !isOver; tries++) {
    await pause(5);
    await clock.advance(10_000);
  }
  return answer;
}

describe("an engine that accepts and stays silent", () => {
  test.each(names)("%s ends when its patience does", async (name) => {
    const ill = await illEngine(() => null);
    const clock = fakeClock();
    const engine = dockerEngine({ socket: ill.socket, clock });
    await expect(atLast(clock, run(name, engine))).resolves.toBe("CLAWD_ENGINE_UNAVAILABLE");
    await expect.poll(() => ill.connections.size).toBe(0);
  });

  test.each(names)("%s ends when the engine falls silent after it said its version", async (name) => {
    const ill = await illEngine((request) => (request.includes(" /version ") ? json(version) : null));
    const clock = fakeClock();
    const engine = dockerEngine({ socket: ill.socket, clock });
    const answer = run(name, engine);
    await expect.poll(() => ill.requests.length).toBeGreaterThan(1);
    await expect(atLast(clock, answer)).resolves.toBe("CLAWD_ENGINE_UNAVAILABLE");
    await expect.poll(() => ill.connections.size).toBe(0);
  });

  test.each(names)("%s ends at once when its caller gives up", async (name) => {
    const ill = await illEngine(() => null);
    const engine = dockerEngine({ socket: ill.socket, clock: fakeClock() });
    const stop = new AbortController();
    const answer = run(name, engine, stop.signal);
    await expect.poll(() => ill.connections.size).toBe(1);
    stop.abort();
    await expect(answer).resolves.toBe("CLAWD_ENGINE_ABORTED");
    await expect(run(name, engine, AbortSignal.abort())).resolves.toBe("CLAWD_ENGINE_ABORTED");
  });

  test("a build that began and falls silent ends", async () => {
    const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    const line = '{"stream":"Step 1/2 : FROM scratch\\n"}\n';
    const chunk = `${line.length.toString(16)}\r\n${line}\r\n`;
    const ill = await illEngine((request) => (request.includes("/build") ? head + chunk : json(version)));
    const clock = fakeClock();
    const steps: string[] = [];
    const engine = dockerEngine({ socket: ill.socket, clock });
    const answer = engine
      .build(build, (step) => steps.push(step))
      .catch((fault: { code: string }) => fault.code);
    await expect.poll(() => steps).toEqual(["Step 1/2 : FROM scratch"]);
    await expect(atLast(clock, answer)).resolves.toBe("CLAWD_ENGINE_UNAVAILABLE");
  });

  test("an attachment whose start is never answered is let go", async () => {
    const ill = await illEngine((request) => {
      if (request.includes("/attach")) return hijacked;
      return request.includes("/version") ? json(version) : null;
    });
    const clock = fakeClock();
    const engine = dockerEngine({ socket: ill.socket, clock });
    await expect(atLast(clock, run("start", engine))).resolves.toBe("CLAWD_ENGINE_UNAVAILABLE");
    await expect.poll(() => ill.connections.size).toBe(0);
  });
});

describe("an engine that is not there", () => {
  test.each(names)("%s says so", async (name) => {
    const engine = dockerEngine({ socket: join(temporaryDirectory(), "absent.sock") });
    await expect(run(name, engine)).resolves.toBe("CLAWD_ENGINE_UNAVAILABLE");
  });

  test("what lies at its place may be a file, a directory, or a socket of somebody who is dead", async () => {
    const file = join(temporaryDirectory(), "file");
    writeFileSync(file, "");
    const dead = await illEngine(() => null);
    dead.die();
    for (const socket of [file, temporaryDirectory(), dead.socket])
      await expect(run("describe", dockerEngine({ socket })), socket).resolves.toBe(
        "CLAWD_ENGINE_UNAVAILABLE",
      );
  });

  test("it is found again when it comes back", async () => {
    const ill = await illEngine(() => null);
    ill.die();
    const engine = dockerEngine({ socket: ill.socket });
    await expect(run("list", engine)).resolves.toBe("CLAWD_ENGINE_UNAVAILABLE");
    const { createServer } = await import("node:http");
    const healthy = createServer((request, answer) =>
      answer.end(request.url === "/version" ? JSON.stringify(version) : "[]"),
    );
    await new Promise<void>((resolve) => healthy.listen(ill.socket, resolve));
    await expect(engine.list({})).resolves.toEqual([]);
    healthy.close();
  });

  test.each([
    ["HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n<a>", "CLAWD_ENGINE_REFUSED"],
    ["SSH-2.0-OpenSSH_9.2\r\n", "CLAWD_ENGINE_UNAVAILABLE"],
    [json({ ApiVersion: "1.40" }), "CLAWD_ENGINE_REFUSED"],
    [json(null), "CLAWD_ENGINE_REFUSED"],
    [json({ message: "no" }, "500 Internal Server Error"), "CLAWD_ENGINE_REFUSED"],
  ])("an answer like %j is no engine's", async (answer, code) => {
    const ill = await illEngine(() => answer);
    await expect(run("describe", dockerEngine({ socket: ill.socket }))).resolves.toBe(code);
  });
});

test.each([
  ["1.12", "1.41", "v1.41"],
  ["1.24", "1.48", "v1.41"],
  ["1.44", "1.52", "v1.44"],
])("an engine that speaks %s to %s is spoken to in %s", async (MinAPIVersion, ApiVersion, spoken) => {
  const ill = await illEngine((request) =>
    json(request.includes(" /version ") ? { ApiVersion, MinAPIVersion } : []),
  );
  await dockerEngine({ socket: ill.socket }).list({});
  expect(ill.requests.at(-1)).toMatch(new RegExp(`^GET /${spoken}/containers/json\\?`));
});

describe("which engine", () => {
  const { DOCKER_HOST } = process.env;
  afterEach(() => {
    if (DOCKER_HOST === undefined) delete process.env["DOCKER_HOST"];
    else process.env["DOCKER_HOST"] = DOCKER_HOST;
  });

  test.each(["tcp://127.0.0.1:1", "ssh://nobody@127.0.0.1", "unix:///elsewhere.sock"])(
    "DOCKER_HOST=%s changes nothing for a client that was given a socket",
    async (host) => {
      const ill = await illEngine((request) => json(request.includes(" /version ") ? version : []));
      process.env["DOCKER_HOST"] = host;
      await expect(dockerEngine({ socket: ill.socket }).list({})).resolves.toEqual([]);
    },
  );
});
