/** Ways out that are refused, in the audit record of the whole gateway: a real container, its real proxy. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aWorld, type World } from "./a-world.ts";
import { callsOf } from "./a-model-with-hands.ts";
import { containerEngine, needsEngine } from "./container-engine.ts";
import { clawdbot } from "./harness.ts";

const friend = 43;

interface Refused {
  readonly agent: string | null;
  readonly code: string;
  readonly detail: {
    readonly host: string;
    readonly port: number;
    readonly scope: string;
    readonly via: string;
    readonly repeated?: number;
  };
}

describe.skipIf(containerEngine === undefined)(`a container's refused ways out${needsEngine}`, () => {
  let world: World;
  beforeAll(async () => {
    world = await aWorld({ environment: { DOCKER_HOST: containerEngine! } });
    world.telegram.control.addUser({ id: friend, firstName: "Ben" });
    const sandbox = { egress: { allow: ["open.example"] } };
    world.home.configure(
      world.config(
        { dmPolicy: "allowlist", allowFrom: [String(friend)] },
        { agents: { defaults: { sandbox } } },
      ),
    );
    await world.start();
  }, 60_000);
  afterAll(() => world?.close());

  const refused = async (): Promise<readonly Refused[]> => {
    const { stdout } = await clawdbot(world.home, ["audit", "list", "--json"]);
    return stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Refused & { readonly kind: string })
      .filter(({ kind }) => kind === "egress-refused");
  };

  test("say who, where and why; two hundred of the same are one line and a number", async () => {
    const flood = "curl -s -o /dev/null 'http://closed.example/[1-200]'";
    const command = `${flood}; curl -s -o /dev/null https://other.example:8443/; echo done`;
    const says = () => world.telegram.control.say({ from: friend, chat: friend, text: "go" });
    const { results } = await callsOf(world, says, { name: "bash", input: { command, timeout: 60 } });
    expect(results[0]!.text).toContain("done");
    const who = { agent: "main", code: "host-not-allowed" };
    const where = { scope: "agent:main", via: "sandbox" };
    expect(await refused()).toMatchObject([
      { ...who, detail: { ...where, host: "closed.example", port: 80 } },
      { ...who, detail: { ...where, host: "other.example", port: 8443 } },
    ]);
    // What was counted is written when the gateway stops, at the latest.
    await world.gateway.stop();
    expect((await refused()).at(-1)).toMatchObject({
      ...who,
      detail: { ...where, host: "closed.example", repeated: 199 },
    });
    expect((await clawdbot(world.home, ["audit", "verify"])).code).toBe(0);
  }, 90_000);
});
