import { expect, test } from "vitest";
import { sandboxIssues } from "./config-issues.ts";
import { sandboxShape } from "./schema.ts";
import { z } from "zod";

const binds = {
  home: "/home/anna",
  own: ["/home/anna/.clawdbot"],
  roots: ["/home/anna/clawd"],
  mayBeExternal: false,
};
const issues = (docker: object) => sandboxIssues({ docker }, ["agents", "defaults", "sandbox"], binds);

test.each([
  ["socket", "ssh://elsewhere"],
  ["socket", "tcp://someone@elsewhere:2376"],
  ["certPath", "certificates"],
  ["network", "host"],
  ["network", "container:abc"],
  ["network", "none "],
  ["user", "root"],
  ["user", "0"],
  ["user", "0:0"],
  ["user", "1000:0"],
  ["user", "anna"],
  ["capDrop", []],
  ["capDrop", ["NET_RAW"]],
  ["seccompProfile", "unconfined"],
  ["apparmorProfile", "unconfined"],
  ["workdir", "/etc"],
  ["workdir", "workspace"],
  ["workdir", "/workspace/../etc"],
  ["image", "--privileged"],
  ["image", ""],
  ["containerPrefix", "../"],
  ["pidsLimit", 100_000],
  // The engine takes so little for no limit.
  ["cpus", 1e-10],
  ["cpus", 0.009],
  ["memory", "lots"],
  ["memory", "1k"],
])("%s %j is refused, with the key", (key, value) => {
  expect(issues({ [key]: value })).toEqual([
    expect.objectContaining({ path: `agents.defaults.sandbox.docker.${key}`, code: "unsafe-sandbox" }),
  ]);
});

test.each([
  ["tmpfs[0]", { tmpfs: ["/proc"] }],
  ["tmpfs[0]", { tmpfs: ["/tmp:suid"] }],
  ["tmpfs[1]", { tmpfs: ["/tmp", "/a:b:c"] }],
  ["tmpfs[0]", { tmpfs: ["/workspace"] }],
  ["ulimits.core", { ulimits: { core: 1 } }],
  ["ulimits.rttime", { ulimits: { rttime: 1 } }],
  ["ulimits.nofile", { ulimits: { nofile: "9:1" } }],
  ["env.LD_X", { env: { LD_X: "a\nb" } }],
  ['env["A B"]', { env: { "A B": "1" } }],
  ["dns[0]", { dns: ["resolver.example"] }],
  ["extraHosts[0]", { extraHosts: ["metadata:169.254.169.254"] }],
  ["extraHosts[0]", { extraHosts: ["host-gateway"] }],
  ["binds[0]", { binds: ["/var/run/docker.sock:/s"] }],
  ["memorySwap", { memory: "1g", memorySwap: "2g" }],
])("%s of %j is refused", (key, docker) => {
  expect(issues(docker).map(({ path }) => path)).toEqual([`agents.defaults.sandbox.docker.${key}`]);
});

test("every setting of the documents is accepted with a sound value, and there is a check for each that can do harm", () => {
  const docker = {
    socket: "/var/run/docker.sock",
    image: "clawdbot-sandbox:bookworm-slim",
    containerPrefix: "clawdbot-sbx-",
    workdir: "/workspace",
    readOnlyRoot: true,
    tmpfs: ["/tmp:size=64m,noexec", "/var/tmp", "/run"],
    network: "none",
    user: "1000:1000",
    capDrop: ["ALL"],
    env: { LANG: "C.UTF-8" },
    setupCommand: "true",
    pidsLimit: 256,
    memory: "1g",
    memorySwap: "1g",
    cpus: 1,
    ulimits: { nofile: { soft: 1024, hard: 2048 }, nproc: 256 },
    seccompProfile: "/etc/clawd/seccomp.json",
    apparmorProfile: "docker-default",
    dns: ["9.9.9.9"],
    extraHosts: ["internal:203.0.113.4"],
    binds: ["/home/anna/clawd/data:/data:ro"],
    dangerouslyAllowExternalBindSources: false,
  };
  expect(z.strictObject(sandboxShape).safeParse({ docker }).success).toBe(true);
  expect(issues(docker)).toEqual([]);
});
