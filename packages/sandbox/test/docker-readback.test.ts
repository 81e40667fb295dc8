import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { creation } from "../src/docker/container.ts";
import { apiVersion, describeEngine } from "../src/docker/describe.ts";
import { dockerEngine } from "../src/docker.ts";
import type { ContainerSpecification } from "../src/engine.ts";
import { temporaryDirectory, version } from "./silent-engine.ts";

const specification: ContainerSpecification = {
  name: "clawdbot-test-readback",
  image: `sha256:${"0".repeat(64)}`,
  labels: {},
  command: ["/x"],
  user: "10001:10001",
  workdir: "/",
  environment: {},
  mounts: [],
  tmpfs: { "/tmp": "nosuid,nodev,size=1m" },
  isRootReadOnly: true,
  network: "none",
  capDrop: ["ALL"],
  seccomp: '{"defaultAction":"SCMP_ACT_ERRNO"}',
  apparmor: null,
  runtime: "runsc",
  limits: { processes: 8, memory: 1e8, cpus: 1, ulimits: {} },
  dns: [],
  extraHosts: [],
};
const { HostConfig, ...config } = creation(specification, "/s");
const honest = { Id: "c1", Config: config, HostConfig, Mounts: [] };

/** An engine that makes of any request the container `made`. Returns what it was asked. */
async function engineThatMakes(made: object) {
  const socket = join(temporaryDirectory(), "s");
  const asked: string[] = [];
  const server = createServer((request, answer) => {
    void text(request).then((body) => {
      asked.push(`${request.method} ${request.url}`);
      if (request.url === "/version") answer.end(JSON.stringify(version));
      else if (request.method === "DELETE") answer.writeHead(204).end();
      else if (request.method === "POST") {
        expect(JSON.parse(body)).toEqual(JSON.parse(JSON.stringify({ ...config, HostConfig })));
        answer.writeHead(201).end('{"Id":"c1","Warnings":[]}');
      } else answer.end(JSON.stringify(made));
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => void server.close());
  return { engine: dockerEngine({ socket }), asked };
}

describe("what the engine made is held against what was asked", () => {
  test("the same: the container is there; the request says all of it in its body and the name in its address", async () => {
    const { engine, asked } = await engineThatMakes(honest);
    await expect(engine.create(specification)).resolves.toBe("c1");
    expect(asked).toContain("POST /v1.41/containers/create?name=clawdbot-test-readback");
  });

  test("an engine that cannot limit swap says so beforehand, and is taken at its word", async () => {
    const { engine } = await engineThatMakes({ ...honest, HostConfig: { ...HostConfig, MemorySwap: -1 } });
    await expect(engine.create(specification)).resolves.toBe("c1");
  });

  const host = (change: object) => ({ ...honest, HostConfig: { ...HostConfig, ...change } });
  const dishonest: readonly [string, object][] = [
    ["PidsLimit", host({ PidsLimit: null })],
    ["Memory", host({ Memory: 0 })],
    ["MemorySwap", host({ MemorySwap: 2e8 })],
    ["NanoCpus", host({ NanoCpus: 0 })],
    ["CapDrop", host({ CapDrop: null })],
    ["CapAdd", host({ CapAdd: ["SYS_ADMIN"] })],
    ["SecurityOpt", host({ SecurityOpt: ["no-new-privileges"] })],
    ["Privileged", host({ Privileged: true })],
    ["ReadonlyRootfs", host({ ReadonlyRootfs: false })],
    ["NetworkMode", host({ NetworkMode: "default" })],
    ["IpcMode", host({ IpcMode: "shareable" })],
    ["PidMode", host({ PidMode: "host" })],
    ["UsernsMode", host({ UsernsMode: "host" })],
    ["LogConfig", host({ LogConfig: { Type: "json-file" } })],
    ["Runtime", host({ Runtime: "runc" })],
    ["Devices", host({ Devices: [{ PathOnHost: "/dev/kvm" }] })],
    ["Tmpfs", host({ Tmpfs: {} })],
    ["Binds", host({ Binds: ["/:/host"] })],
    ["User", { ...honest, Config: { ...config, User: "0" } }],
    ["Entrypoint", { ...honest, Config: { ...config, Entrypoint: ["/entry"] } }],
    ["Entrypoint", { ...honest, Config: { ...config, Cmd: ["sh"] } }],
    [
      "a volume of the image at /data",
      { ...honest, Mounts: [{ Type: "volume", Destination: "/data", RW: true }] },
    ],
    ["Mounts", { ...honest, Mounts: [{ Type: "bind", Destination: "/data", RW: true }] }],
    ["PidsLimit", {}],
  ];
  test.each(dishonest)("%s differs: the container is removed, and the call refused", async (field, made) => {
    const { engine, asked } = await engineThatMakes(made);
    await expect(engine.create(specification)).rejects.toMatchObject({
      code: "CLAWD_ENGINE_REFUSED",
      message: expect.stringContaining(field),
    });
    expect(asked.at(-1)).toBe("DELETE /v1.41/containers/c1?force=true&v=true");
  });
});

describe("what an engine says of itself", () => {
  const info = {
    CgroupDriver: "systemd",
    CgroupVersion: "2",
    MemoryLimit: true,
    SwapLimit: true,
    PidsLimit: true,
    CpuCfsQuota: true,
    Runtimes: { runsc: {}, runc: {} },
    SecurityOptions: ["name=apparmor", "name=seccomp,profile=builtin", "name=cgroupns"],
  };
  const described = (change: object, said: object = { Version: "29.1.0" }) =>
    describeEngine({ info: { ...info, ...change }, version: said as Record<string, unknown> });

  test("all of it, from a current one", () => {
    expect(described({})).toEqual({
      name: "docker",
      version: "29.1.0",
      runtimes: ["runc", "runsc"],
      limits: { memory: true, swap: true, processes: true, cpu: true },
      hasSeccomp: true,
      hasApparmor: true,
      isRootless: false,
      hasUserNamespaces: false,
      cgroups: { version: 2, driver: "systemd" },
    });
  });

  test("a rootless one without cgroups limits nothing, whatever else it says", () => {
    const rootless = {
      CgroupDriver: "none",
      CgroupVersion: "1",
      SecurityOptions: ["name=seccomp", "name=rootless"],
    };
    expect(described(rootless)).toMatchObject({
      limits: { memory: false, swap: false, processes: false, cpu: false },
      isRootless: true,
      hasApparmor: false,
    });
  });

  test("user namespaces and the older name of a field are known", () => {
    const older = { CpuCfsQuota: undefined, CPUCfsQuota: true, SecurityOptions: ["name=userns"] };
    expect(described(older)).toMatchObject({
      limits: { cpu: true },
      hasUserNamespaces: true,
      hasSeccomp: false,
    });
  });

  test("what it does not say, it cannot", () => {
    expect(describeEngine({ info: {}, version: {} })).toMatchObject({
      limits: { memory: false, processes: false, cpu: false },
      hasSeccomp: false,
      runtimes: [],
    });
    expect(described({ SecurityOptions: ["name=seccompless,name=no"], MemoryLimit: "true" })).toMatchObject({
      limits: { memory: false },
      hasSeccomp: false,
    });
  });

  test.each([
    ["1.41", "1.12", "v1.41"],
    ["1.40", "1.12", null],
    ["1.52", "1.44", "v1.44"],
    ["1.43", "1.44", null],
    ["2.0", "1.44", null],
    ["1.41", undefined, "v1.41"],
    [undefined, undefined, null],
  ])("newest %s, oldest %s: %s", (ApiVersion, MinAPIVersion, spoken) => {
    expect(apiVersion({ ApiVersion, MinAPIVersion })).toBe(spoken);
  });
});
