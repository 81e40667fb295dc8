/** `doctor` and `security audit` about containers: with a real engine, without one, and what `--fix` does there. */
import { dockerEngine } from "@clawd/sandbox/docker";
import { installationOf } from "@clawd/sandbox/config";
import { mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { containerEngine, needsEngine } from "./container-engine.ts";
import { aHome, clawdbot, type Home } from "./harness.ts";

interface Found {
  readonly checkId: string;
  readonly severity: string;
  readonly detail: string;
  readonly remediation: string;
}

const run = async (home: Home, ...words: string[]) => {
  const { stdout, stderr, code } = await clawdbot(home, [...words, "--json"]);
  const { findings } = JSON.parse(stdout) as { findings: readonly Found[] };
  return {
    stderr,
    code,
    findings: findings.filter(({ checkId }) => /^sandbox\.|^state\.disk/.test(checkId)),
  };
};
const ids = ({ findings }: Awaited<ReturnType<typeof run>>) =>
  findings.map(({ checkId, severity }) => `${severity} ${checkId}`);

describe("without an engine", () => {
  const home = aHome({ DOCKER_HOST: "unix:///nowhere.sock" });
  afterAll(() => home.remove());

  test("doctor says what does not work; the audit does not, since nobody gets in by it", async () => {
    home.configure({});
    const found = await run(home, "doctor");
    expect(ids(found)).toEqual(["warn sandbox.engine_unreachable"]);
    expect(found.findings[0]!.remediation).toContain("agents.defaults.sandbox.docker.socket");
    expect(ids(await run(home, "security", "audit"))).toEqual([]);
  });

  test("no agent that needs one: no word of it", async () => {
    home.configure({ agents: { defaults: { sandbox: { mode: "off" } } } });
    expect(ids(await run(home, "doctor"))).toEqual(["info sandbox.off"]);
  });

  test("settings that widen are named in both, more gravely where strangers are answered", async () => {
    const docker = { network: "bridge", readOnlyRoot: false, pidsLimit: 32_768 };
    const agents = {
      list: [
        { id: "main", sandbox: { docker } },
        { id: "open", sandbox: { mode: "off" } },
      ],
    };
    home.configure({ agents });
    const widening = [
      "warn sandbox.network",
      "info sandbox.limits_loose",
      "info sandbox.off",
      "info sandbox.root_writable",
    ];
    expect(ids(await run(home, "security", "audit"))).toEqual(widening);
    const telegram = { dmPolicy: "open", allowFrom: ["*"] };
    home.configure({ agents: { list: [{ id: "main", sandbox: { mode: "off" } }] }, telegram });
    const found = await run(home, "security", "audit");
    expect(ids(found)).toEqual(["warn sandbox.off_for_strangers"]);
    expect(found.findings[0]!.detail).toContain("agents.list[0].sandbox.mode");
  });
});

describe.skipIf(containerEngine === undefined)(`with an engine${needsEngine}`, () => {
  const home = aHome({ DOCKER_HOST: containerEngine! });
  afterAll(() => home.remove());
  const engine = () => dockerEngine({ socket: containerEngine!.replace("unix://", "") });

  test("that has all there is nothing to find; an image that it has not is said", async () => {
    home.configure({});
    expect(ids(await run(home, "doctor"))).toEqual([]);
    home.configure({ agents: { defaults: { sandbox: { docker: { image: "ops-nobody:none" } } } } });
    const found = await run(home, "doctor");
    expect(ids(found)).toEqual(["warn sandbox.image_missing"]);
    expect(found.findings[0]!.remediation).toContain("Build or pull it");
  });

  test("containers that an earlier gateway left are removed by --fix, and no others", async () => {
    home.configure({});
    mkdirSync(join(home.stateDir, "state"), { recursive: true });
    const image = await engine().image("clawdbot-sandbox:bookworm-slim");
    const make = (name: string, installation: string) =>
      engine().create({
        name,
        image: image!.id,
        labels: { "clawdbot.sandbox": "1", "clawdbot.gateway": installation },
        command: ["/bin/true"],
        user: "10001:10001",
        workdir: "/",
        environment: {},
        mounts: [],
        tmpfs: {},
        isRootReadOnly: true,
        network: "none",
        capDrop: ["ALL"],
        seccomp: JSON.stringify({ defaultAction: "SCMP_ACT_ERRNO" }),
        apparmor: null,
        limits: { processes: 16, memory: 2 ** 25, cpus: 1, ulimits: {} },
        dns: [],
        extraHosts: [],
      });
    const ours = await make(`ops-ours-${process.pid}`, installationOf(realpathSync(home.stateDir)));
    const other = await make(`ops-other-${process.pid}`, "0badcafe");
    try {
      const found = await run(home, "doctor");
      expect(ids(found)).toEqual(["info sandbox.stale_containers"]);
      expect(found.findings[0]!.detail).toContain(`ops-ours-${process.pid}`);
      const fixed = await run(home, "doctor", "--fix");
      expect(fixed.stderr).toContain(`done    remove ${ours.slice(0, 12)}`);
      expect(ids(fixed)).toEqual([]);
      expect(await engine().inspect(ours)).toBeNull();
      expect(await engine().inspect(other)).not.toBeNull();
    } finally {
      await engine().remove(ours);
      await engine().remove(other);
    }
  });
});
