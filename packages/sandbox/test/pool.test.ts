/** Containers of the real engine that were made before anybody needed them: whose they become, and when they do not. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { ContainerInfo } from "../src/engine.ts";
import { slugOf, workspaceOf } from "../src/scope.ts";
import { sandboxWorld, shell, type SandboxWorld } from "./a-sandbox.ts";
import { withEngine } from "./real-engine.ts";

withEngine("a pool of sandboxes", (bench) => {
  function aWorld(change: Parameters<typeof sandboxWorld>[1] = {}) {
    const world = sandboxWorld(bench.engine, change);
    onTestFinished(() => world.close());
    const settings = world.need({ pool: 1, docker: { containerPrefix: "clawdbot-test-" } }).settings;
    const need = (session: string) => world.need({}, { scopeKey: `agent:main:${session}`, settings });
    return { ...world, need };
  }

  const scope = ({ labels }: ContainerInfo): string => labels["clawdbot.sessionKey"] ?? "";
  const waiting = async ({ sandboxes }: Pick<SandboxWorld, "sandboxes">) =>
    (await sandboxes.list()).filter((container) => scope(container).startsWith("spare:"));

  /** The one that waits, when it is ready for somebody. */
  async function ready(world: ReturnType<typeof aWorld>): Promise<ContainerInfo> {
    await world.sandboxes.enter(world.need("first"));
    const taken: ContainerInfo[] = [];
    await expect
      .poll(async () => taken.push(...(await waiting(world))), { timeout: 20_000 })
      .toBeGreaterThan(0);
    // Listed from when it is made; it is offered when it was proven.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    return taken[0]!;
  }

  const containerOf = ({ receipt }: { readonly receipt: object }) =>
    (receipt as { readonly container: string }).container;

  test("the next session works in the one that waited, as if it had been made for it", async () => {
    const world = aWorld();
    const spare = await ready(world);
    const cold = await world.sandboxes.enter(world.need("first"));
    await shell(cold.place, "echo secret > own.txt");
    const before = performance.now();
    const warm = await world.sandboxes.enter(world.need("second"));
    const took = performance.now() - before;
    expect(containerOf(warm.place)).toBe(spare.id);
    expect(took).toBeLessThan(200);
    expect({ ...warm.place.receipt, container: "", configuration: "" }).toEqual({
      ...cold.place.receipt,
      container: "",
      configuration: "",
    });
    expect((await shell(warm.place, "ls -A; echo mine > made.txt; pwd")).output).toBe("/workspace\n");
    await warm.place.files.write("by-tool.txt", Buffer.from("written"));
    const own = workspaceOf(join(world.stateDirectory, "sandboxes"), "agent:main:second");
    expect(readdirSync(own).toSorted()).toEqual(["by-tool.txt", "made.txt"]);
    expect(readFileSync(join(own, "made.txt"), "utf8")).toBe("mine\n");
    expect(existsSync(join(world.stateDirectory, "sandboxes", slugOf(scope(spare))))).toBe(false);
    const listed = (await world.sandboxes.list()).find(({ id }) => id === spare.id);
    expect(scope(listed!)).toBe("agent:main:second");
    // What is made for it later finds the same workspace.
    expect(await world.sandboxes.recreate((key) => key === "agent:main:second")).toBe(1);
    const again = await world.sandboxes.enter(world.need("second"));
    expect(containerOf(again.place)).not.toBe(spare.id);
    expect((await shell(again.place, "cat made.txt by-tool.txt")).output).toBe("mine\nwritten");
  }, 60_000);

  test("of two sessions at once each has a container and a workspace of its own", async () => {
    const world = aWorld();
    await ready(world);
    const leases = await Promise.all(["a", "b"].map((session) => world.sandboxes.enter(world.need(session))));
    expect(new Set(leases.map(({ place }) => containerOf(place))).size).toBe(2);
    await Promise.all(leases.map(({ place }, index) => shell(place, `echo ${index} > who.txt`)));
    const told = await Promise.all(leases.map(({ place }) => shell(place, "cat who.txt")));
    expect(told.map(({ output }) => output)).toEqual(["0\n", "1\n"]);
  }, 60_000);

  test.each<[string, (container: string) => Promise<unknown>]>([
    ["was removed", (container) => bench.engine.remove(container)],
    [
      "was given more memory",
      (container) => asked(bench.socket, container, "update", { Memory: 2 ** 31, MemorySwap: 2 ** 31 }),
    ],
    [
      "may have more processes",
      (container) => asked(bench.socket, container, "update", { PidsLimit: 9_999 }),
    ],
    ["was paused", (container) => asked(bench.socket, container, "pause", {})],
  ])(
    "one that %s while it waited is nobody's: a new one is made",
    async (_what, change) => {
      const world = aWorld();
      const spare = await ready(world);
      await change(spare.id);
      const { place } = await world.sandboxes.enter(world.need("second"));
      expect(containerOf(place)).not.toBe(spare.id);
      expect((await shell(place, "echo alive")).output).toBe("alive\n");
      expect((await world.sandboxes.list()).some(({ id }) => id === spare.id)).toBe(false);
    },
    60_000,
  );

  test("its way out is that of whoever has it, and one with other rules is nobody's", async () => {
    const owners: (() => string)[] = [];
    let digest = "first";
    const world = aWorld({
      wayOut: () => ({
        environment: {},
        digest,
        socket: "proxy.sock",
        open(_directory, whose) {
          owners.push(whose);
          return Promise.resolve({ close: () => Promise.resolve() });
        },
      }),
    });
    const spare = await ready(world);
    expect(owners.map((whose) => whose())).toEqual(["agent:main:first", scope(spare)]);
    const { place } = await world.sandboxes.enter(world.need("second"));
    expect(containerOf(place)).toBe(spare.id);
    expect(owners[1]!()).toBe("agent:main:second");
    await expect.poll(async () => (await waiting(world)).length, { timeout: 20_000 }).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const [other] = await waiting(world);
    digest = "second";
    expect(containerOf((await world.sandboxes.enter(world.need("third"))).place)).not.toBe(other!.id);
  }, 60_000);

  test("one of another image is nobody's", async () => {
    let label = "";
    const world = aWorld({
      image: async (reference) => {
        const { ensureImage } = await import("../src/images.ts");
        const image = await ensureImage(bench.engine, reference);
        return label === "" ? image : bench.engine.build(anotherOf(image.id), () => undefined);
      },
    });
    const spare = await ready(world);
    label = "another";
    const { place } = await world.sandboxes.enter(world.need("second"));
    expect(containerOf(place)).not.toBe(spare.id);
  }, 60_000);

  test("a session with files of its own keeps them: its container is made for them", async () => {
    const world = aWorld();
    const spare = await ready(world);
    const first = await world.sandboxes.enter(world.need("second"));
    await shell(first.place, "echo kept > kept.txt");
    await world.sandboxes.recreate((key) => key === "agent:main:second");
    const again = await world.sandboxes.enter(world.need("second"));
    expect(containerOf(again.place)).not.toBe(spare.id);
    expect((await shell(again.place, "cat kept.txt")).output).toBe("kept\n");
  }, 60_000);

  test("a workspace that is a file is refused, with one waiting or not", async () => {
    const world = aWorld();
    await ready(world);
    const own = workspaceOf(join(world.stateDirectory, "sandboxes"), "agent:main:second");
    writeFileSync(own, "");
    await expect(world.sandboxes.enter(world.need("second"))).rejects.toMatchObject({
      code: "CLAWD_SANDBOX_WORKSPACE",
    });
    expect(await waiting(world)).toHaveLength(1);
  }, 60_000);

  test("at the end nothing is left, neither container nor directory", async () => {
    const world = aWorld();
    await ready(world);
    await world.sandboxes.close();
    expect(await world.sandboxes.list()).toEqual([]);
    expect(
      readdirSync(join(world.stateDirectory, "sandboxes")).filter((name) => name.startsWith("spare-")),
    ).toEqual([]);
  }, 60_000);
});

const anotherOf = (image: string) => ({
  tag: "clawdbot-test:another",
  dockerfile: `FROM ${image}\nLABEL clawdbot.test.image=another`,
  files: {},
  labels: {},
  network: "none" as const,
  arguments: {},
});

/** What somebody with the engine's socket may do to a container behind the gateway's back. */
function asked(socket: string, container: string, what: string, body: object): Promise<number> {
  return new Promise((resolve, reject) => {
    const text = JSON.stringify(body);
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
    const asking = request(
      { socketPath: socket, path: `/containers/${container}/${what}`, method: "POST", headers },
      (response) => {
        response.resume();
        response.once("end", () =>
          (response.statusCode ?? 500) < 300
            ? resolve(response.statusCode!)
            : reject(new Error(`${what}: ${response.statusCode}`)),
        );
      },
    );
    asking.once("error", reject);
    asking.end(text);
  });
}
