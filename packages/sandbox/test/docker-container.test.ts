import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync, chownSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";
import { seccompProfile } from "../src/seccomp.ts";
import { busyboxBuild, withEngine } from "./real-engine.ts";

const directory = realpathSync(mkdtempSync(join(tmpdir(), "clawd-mounts-")));
afterAll(() => rmSync(directory, { recursive: true }));
const source = (name: string): string => {
  const path = join(directory, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "hello"), `from ${name}`);
  chownSync(path, 10_001, 10_001);
  return path;
};

withEngine("a container as it was made", (bench) => {
  /** The engine's own answer, past our client. */
  const raw = async (container: string) => {
    const path = `/v1.41/containers/${container}/json`;
    const answer = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
      request({ socketPath: bench.socket, path }, resolve).on("error", reject).end();
    });
    return JSON.parse(await text(answer)) as {
      Config: Record<string, unknown>;
      HostConfig: Record<string, unknown>;
      Mounts: Record<string, unknown>[];
    };
  };

  test("has every field of its specification, and no other", async () => {
    const specification = bench.specification("true", {
      workdir: "/work",
      environment: { GREETING: "a b=c" },
      mounts: [
        { source: source("work"), target: "/work", isReadOnly: false },
        { source: source("agent"), target: "/agent", isReadOnly: true },
      ],
      dns: ["192.0.2.53"],
      extraHosts: ["printer:192.0.2.7"],
    });
    const id = await bench.engine.create(specification);
    const { Config, HostConfig, Mounts } = await raw(id);
    expect(Config).toMatchObject({
      Image: bench.image.id,
      User: "10001:10001",
      WorkingDir: "/work",
      Entrypoint: ["/bin/busybox", "sh", "-c", "true"],
      Cmd: [],
      Hostname: "sandbox",
      OpenStdin: true,
      StdinOnce: true,
      Tty: false,
      StopTimeout: 1,
      Healthcheck: { Test: ["NONE"] },
    });
    expect(Config["Env"]).toEqual(expect.arrayContaining(["GREETING=a b=c"]));
    expect(Config["Labels"]).toEqual({ ...bench.image.labels, ...bench.labels });
    expect(HostConfig).toMatchObject({
      Privileged: false,
      CapAdd: [],
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges", `seccomp=${seccompProfile()}`],
      ReadonlyRootfs: true,
      NetworkMode: "none",
      IpcMode: "none",
      PidMode: "",
      UsernsMode: "",
      CgroupnsMode: "private",
      LogConfig: { Type: "none" },
      RestartPolicy: { Name: "no" },
      AutoRemove: false,
      Init: false,
      OomKillDisable: false,
      PidsLimit: 32,
      Memory: 67_108_864,
      MemorySwap: 67_108_864,
      NanoCpus: 500_000_000,
      Ulimits: [
        { Name: "nofile", Soft: 64, Hard: 128 },
        { Name: "core", Soft: 0, Hard: 0 },
      ],
      Tmpfs: specification.tmpfs,
      Dns: ["192.0.2.53"],
      ExtraHosts: ["printer:192.0.2.7"],
      PublishAllPorts: false,
    });
    expect(
      Object.fromEntries(Mounts.map(({ Destination, RW, Propagation }) => [Destination, [RW, Propagation]])),
    ).toEqual({
      "/work": [true, "rprivate"],
      "/agent": [false, "rprivate"],
    });
    await expect(bench.engine.inspect(id)).resolves.toMatchObject({
      id,
      name: specification.name,
      image: bench.image.id,
      labels: bench.labels,
      isRunning: false,
      createdAt: expect.any(Number),
    });
  });

  test("is confined as seen from inside", async () => {
    const said = await bench.run(
      `cat /proc/1/status | grep -E '^(Uid|Gid|Groups|Cap...|NoNewPrivs|Seccomp|Threads):' | tr -s '\\t ' ' ';
       echo pid=$$ host=$(hostname) links=$(ls /sys/class/net | tr '\\n' ' ') shm=$(ls -d /dev/shm 2>/dev/null);
       echo files=$(ulimit -n)/$(ulimit -Hn) core=$(ulimit -c);
       for f in pids/pids.max memory/memory.limit_in_bytes memory/memory.memsw.limit_in_bytes cpu/cpu.cfs_quota_us; do cat /sys/fs/cgroup/$f 2>/dev/null; done;
       touch /usr 2>&1 /bin/x; touch /tmp/x && echo tmp; grep ' /tmp ' /proc/mounts; echo '#!/bin/busybox sh' > /tmp/run; chmod +x /tmp/run; /tmp/run;
       dd if=/dev/zero of=/tmp/big bs=1k count=2000 2>&1 | grep -o 'No space.*'`,
    );
    const lines = said.split("\n").map((line) => line.trim());
    expect(lines).toEqual(
      expect.arrayContaining([
        "Uid: 10001 10001 10001 10001",
        "Gid: 10001 10001 10001 10001",
        "CapPrm: 0000000000000000",
        "CapEff: 0000000000000000",
        "CapBnd: 0000000000000000",
        "CapAmb: 0000000000000000",
        "NoNewPrivs: 1",
        "Seccomp: 2",
        "pid=1 host=sandbox links=lo shm=",
        "files=64/128 core=0",
        "tmp",
        "No space left on device",
      ]),
    );
    expect(said).toContain("touch: /bin/x: Read-only file system");
    expect(said).toContain("Permission denied");
    expect(said).toMatch(/tmpfs \/tmp tmpfs rw,nosuid,nodev,noexec,relatime,size=1024k/);
    if ((await bench.engine.describe()).cgroups.version === 1)
      expect(lines).toEqual(expect.arrayContaining(["32", "67108864", "67108864", "50000"]));
  });

  test("does not see what is mounted beneath a source: it could not be made read-only", async ({ skip }) => {
    const path = source("above");
    const below = join(path, "below");
    mkdirSync(below);
    if (spawnSync("mount", ["-t", "tmpfs", "none", below]).status !== 0) skip("needs root");
    writeFileSync(join(below, "secret"), "");
    try {
      const said = await bench.run("ls /agent /agent/below", {
        mounts: [{ source: path, target: "/agent", isReadOnly: true }],
      });
      expect(said).toContain("hello");
      expect(said).not.toContain("secret");
    } finally {
      spawnSync("umount", [below]);
    }
  });

  test("sees what is mounted, and writes only where it may", async () => {
    const mounts = [
      { source: source("written"), target: "/work", isReadOnly: false },
      { source: source("shown"), target: "/agent", isReadOnly: true },
    ];
    const said = await bench.run(
      "cat /work/hello /agent/hello; echo; echo x > /work/new; echo x > /agent/new; cat /work/new",
      { mounts },
    );
    expect(said).toMatch(/from writtenfrom shown/);
    expect(said).toMatch(/can't create \/agent\/new: Read-only file system/);
    expect(said).toMatch(/^x$/m);
  });

  test("has only the environment that it was given, and the image's", async () => {
    const said = await bench.run("env", { environment: { A: "1" } });
    const names = said
      .trim()
      .split("\n")
      .map((line) => line.split("=")[0]);
    expect(new Set(names)).toEqual(new Set(["A", "FROM_IMAGE", "HOME", "HOSTNAME", "PATH", "PWD", "SHLVL"]));
  });

  test("a health check of the image never runs, and its ENTRYPOINT does not either", async () => {
    const { engine } = bench;
    const build = busyboxBuild(
      ['HEALTHCHECK --interval=1s CMD ["/bin/busybox", "touch", "/tmp/healthy"]'],
      "clawdbot-test:health",
    );
    const image = await engine.build(build, () => undefined);
    expect(await bench.run("echo ours", { image: image.id })).toBe("ours\n");
  });

  test("an image with a volume is refused, and nothing of it stays: the volume would have no limit", async () => {
    const { engine } = bench;
    const image = await engine.build(busyboxBuild(["VOLUME /data"], "clawdbot-test:volume"), () => undefined);
    const specification = bench.specification("true", { image: image.id });
    await expect(engine.create(specification)).rejects.toMatchObject({
      code: "CLAWD_ENGINE_REFUSED",
      message: expect.stringContaining("a volume of the image at /data"),
    });
    expect(await engine.inspect(specification.name)).toBeNull();
    const covered = { ...specification, name: bench.name(), tmpfs: { "/data": "rw,nosuid,nodev,size=1m" } };
    await engine.remove(await engine.create(covered));
  });

  test("a source that is missing is not made, and one behind a link or with the engine's socket is refused", async () => {
    symlinkSync("/etc", join(directory, "link"));
    const { engine } = bench;
    const socketDirectory = bench.socket.replace(/\/[^/]+$/, "");
    for (const path of [
      join(directory, "absent"),
      join(directory, "link"),
      join(directory, "link/ssh"),
      bench.socket,
      socketDirectory,
      "/proc/1",
      "/",
      "/dev/null",
    ]) {
      const specification = bench.specification("true", {
        mounts: [{ source: path, target: "/x", isReadOnly: true }],
      });
      await expect(engine.create(specification), path).rejects.toMatchObject({
        code: "CLAWD_ENGINE_REFUSED",
      });
      expect(await engine.inspect(specification.name)).toBeNull();
    }
    expect(() => realpathSync(join(directory, "absent"))).toThrow();
  });

  test("gVisor runs it too, where the engine has it", async ({ skip }) => {
    const { runtimes } = await bench.engine.describe();
    if (!runtimes.includes("runsc")) skip("the engine has no runsc");
    // Its own threads count against the limit.
    const { limits } = bench.specification("true");
    const change = { runtime: "runsc", limits: { ...limits, processes: 256 } };
    const said = await bench.run("dmesg | head -1; id -u; ls /sys/class/net; cat /proc/1/comm", change);
    expect(said).toMatch(/Starting gVisor/);
    expect(said).toMatch(/^10001$/m);
  });
});
