/** What a provider promises about its own life: starting, stopping, failing, recovering, and what it says meanwhile. */
import assert from "node:assert/strict";
import type { FakePorts } from "../fake-ports.ts";
import type { Case } from "./runner.ts";
import type { World } from "./world.ts";

type LifecycleCase = Case<World>;

export const lifecycleCases: readonly LifecycleCase[] = [
  {
    id: "descriptor",
    promise: "the provider's value is complete",
    async run(world) {
      const { provider } = world;
      assert.equal(provider.specVersion, 1);
      assert.match(provider.network.id, /^[a-z][a-z0-9-]*$/);
      assert.ok(world.isReady(), "the harness's settings are enough");
      const names = Object.keys(provider.settings);
      assert.deepEqual(
        provider.secretSettings.filter((name) => !names.includes(name)),
        [],
        "every secret setting is a setting",
      );
      const { files, ...others } = provider.capabilities;
      for (const [name, value] of Object.entries(others)) {
        assert.equal(typeof value, name === "maxTextLength" ? "number" : "boolean", `capabilities.${name}`);
      }
      const { connection } = world.connect();
      assert.equal(files.send, files.maxBytes > 0, "capabilities.files.maxBytes is above 0 where it sends");
      assert.equal(connection.fetch !== undefined, files.receive, "capabilities.files.receive is true");
      assert.equal(
        connection.typing !== undefined,
        provider.capabilities.typing,
        "capabilities.typing is true",
      );
    },
  },
  {
    id: "start-stop",
    promise: "start and stop may be called again, in any state",
    async run(world) {
      const idle = world.connect();
      await idle.connection.stop();
      const { connection, ports } = await world.connected();
      await Promise.all([connection.start(), connection.start()]);
      await world.deliver({ text: "once" });
      await world.events(ports, 1);
      await world.settle();
      assert.equal(ports.events.length, 1, "a second start is no second intake");
      await Promise.all([connection.stop(), connection.stop()]);
      assert.equal(ports.states.at(-1)?.state, "stopped");
    },
  },
  {
    id: "no-handles",
    promise: "after a stop no timer, socket or request is left",
    async run(world) {
      const before = resources();
      await world.beside(async (other) => {
        const { connection, ports } = await other.connected();
        await other.deliver({});
        await other.events(ports, 1);
        await connection.stop();
      });
      await world.beside(async (other) => {
        const { connection } = other.connect();
        await other.disturb({ kind: "down" });
        const start = connection.start();
        await other.settle();
        await connection.stop();
        await start;
      });
      const left = () => [...resources()].filter(([kind, count]) => count > (before.get(kind) ?? 0));
      await world.until(`nothing is left (${JSON.stringify(left())})`, () => left().length === 0);
    },
  },
  {
    id: "recovery",
    promise: "a network that goes down is reported, and one that comes back is used again by itself",
    async run(world) {
      const { ports } = await world.connected();
      await world.disturb({ kind: "down" });
      await reportsDown(world, ports);
      await world.disturb({ kind: "up" });
      await world.until("it is connected again", () => ports.states.at(-1)?.state === "connected");
      await world.deliver({ text: "after" });
      await world.until("messages arrive again", () => ports.events.some(({ text }) => text === "after"));
    },
  },
  {
    id: "start-while-down",
    promise: "a start without a network is no error, and ends connected once there is one",
    async run(world) {
      await world.disturb({ kind: "down" });
      const { connection, ports } = world.connect();
      const start = connection.start();
      await reportsDown(world, ports);
      await world.disturb({ kind: "up" });
      await world.until("it is connected", () => ports.states.at(-1)?.state === "connected");
      await start;
    },
  },
  {
    id: "refused-credentials",
    promise: "credentials that are refused are reported with a remedy, and end nothing else",
    async run(world) {
      const healthy = await world.connected();
      await world.beside(async (other) => {
        await other.disturb({ kind: "revoke-credentials" });
        const { connection, ports } = other.connect();
        const start = connection.start();
        await reportsDown(other, ports);
        await start;
        await other.settle();
        await connection.stop();
      });
      await world.deliver({ text: "still here" });
      await world.events(healthy.ports, 1);
    },
  },
  {
    id: "secrets",
    promise: "no secret is in an error, a log line or a report",
    async run(world) {
      const { connection, ports } = await world.connected();
      for (const kind of ["refuse-message", "lose-answer", "down", "up", "revoke-credentials"] as const) {
        if (!(await world.harness.disturb({ kind }))) continue;
        let isOver = false;
        const end = () => void (isOver = true);
        world.failure(connection.send(world.message({ text: "a private text" }))).then(end, end);
        await world.until("the message ends somehow", () => isOver);
        await world.harness.deliver({ kind: "message", from: "alice", in: "dm", text: "a private question" });
        await world.settle();
      }
      await world.failure(world.connect().connection.send(world.message({ text: "a private text" })));
      const said = world.everythingSaid();
      assert.ok(said.length > 0 && ports.states.length > 0);
      for (const secret of [...world.harness.secrets, "a private text", "a private question"]) {
        assert.ok(!said.includes(secret), `A secret was said: ${"*".repeat(8)} in ${excerpt(said, secret)}`);
      }
    },
  },
];

async function reportsDown(world: World, ports: FakePorts): Promise<void> {
  await world.until("the network is reported down", () => ports.states.at(-1)?.state === "down");
  const state = ports.states.at(-1);
  assert.ok(state?.state === "down");
  assert.match(state.code, /^CLAWD_[A-Z0-9_]+$/);
  assert.ok(state.message.length > 0 && state.hint.length > 0, "It says what happened and what to do.");
}

function resources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (kind !== "Immediate") counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

function excerpt(said: string, secret: string): string {
  const at = said.indexOf(secret);
  return JSON.stringify(said.slice(Math.max(0, at - 80), at));
}
