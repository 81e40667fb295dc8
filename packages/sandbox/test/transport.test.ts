/** The ways to a container's supervisor, on the real engine: which one is taken, what works over it, and who is refused. */
import { createServer } from "node:http";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ClawdError } from "@clawd/kernel";
import { expect, onTestFinished, test } from "vitest";
import type { ContainerSpecification, Engine } from "../src/engine.ts";
import type { WayOut } from "../src/sandbox-plan.ts";
import { type EngineReach, reasonFor, transportsFor } from "../src/transport.ts";
import { dockerEngine, engineAddress } from "../src/docker.ts";
import { certificates, networkDoor } from "./certificates.ts";
import { sandboxWorld, shell } from "./a-sandbox.ts";
import { withEngine } from "./real-engine.ts";

test("what the owner asks for and the engine cannot have, no way is left for", () => {
  expect(transportsFor({ isRemote: false, transport: "auto" })).toEqual(["socket", "attach", "exec"]);
  expect(transportsFor({ isRemote: true, transport: "auto" })).toEqual(["attach", "exec"]);
  expect(transportsFor({ isRemote: true, transport: "socket" })).toEqual([]);
  expect(reasonFor({ isRemote: true, transport: "exec" })).toContain("docker.transport");
});

withEngine("the way to a container", (bench) => {
  const { engine } = bench;

  function aWorld(change: Parameters<typeof sandboxWorld>[1] = {}) {
    const world = sandboxWorld(engine, change);
    onTestFinished(() => world.close());
    return world;
  }
  const by = (transport: EngineReach["transport"], isRemote = false) => ({ reach: { transport, isRemote } });
  const unavailable = () =>
    Promise.reject(new ClawdError("CLAWD_ENGINE_UNAVAILABLE", "attach is broken", { hint: "none" }));

  test.each(["socket", "attach", "exec"] as const)(
    "by %s everything works, and is said",
    async (transport) => {
      const { sandboxes, need } = aWorld(by(transport));
      const { place } = await sandboxes.enter(need());
      expect(place.receipt).toMatchObject({ path: "supervisor", transport });
      expect((await shell(place, "id -u; pwd; cat /etc/resolv.conf | wc -c")).output).toBe(
        "10001\n/workspace\n0\n",
      );
      await place.files.write("notes.txt", Buffer.from("kept"));
      expect((await shell(place, "cat notes.txt")).output).toBe("kept");
      const [container] = await sandboxes.list();
      expect(container?.labels["clawdbot.transport"]).toBe(transport);
      // The same container the next time.
      expect((await sandboxes.enter(need())).place.receipt).toEqual(place.receipt);
    },
  );

  test.each(["socket", "attach", "exec"] as const)("by %s the way out is carried", async (transport) => {
    const way = aProxy();
    const { sandboxes, need } = aWorld({ ...by(transport), wayOut: () => way });
    const { place } = await sandboxes.enter(need());
    const { output } = await shell(place, "curl -s -x http://127.0.0.1:3128 http://anywhere.example/x");
    expect(output).toBe("the proxy was asked for http://anywhere.example/x");
  });

  test("without an answer by the socket or by attach, exec is taken, once and for all that follow", async () => {
    const starts: string[] = [];
    const without: Engine = {
      ...engine,
      // The engine runs the container, and carries no stream of it.
      start: async (container) => {
        starts.push(container);
        await engine.launch(container);
        return unavailable();
      },
    };
    const { sandboxes, need } = aWorld({ engine: without, ...by("auto") });
    const { place } = await sandboxes.enter(need());
    expect(place.receipt).toMatchObject({ transport: "exec" });
    expect((await shell(place, "echo works")).output).toBe("works\n");
    expect(starts).toHaveLength(2);
    const [container] = await sandboxes.list();
    expect(container?.labels["clawdbot.transportReason"]).toBe(
      "socket gave no handshake: attach is broken; attach gave no handshake: attach is broken",
    );
    const other = await sandboxes.enter(need({}, { scopeKey: "agent:other", agent: "other" }));
    expect(other.place.receipt).toMatchObject({ transport: "exec" });
    expect(starts).toHaveLength(2);
    // Not taken for a container whose configuration changed.
    expect((await sandboxes.enter(need())).place.receipt).toEqual(place.receipt);
  }, 60_000);

  test("a way that worked and no longer does is left for the others", async () => {
    let isBroken = false;
    const failing: Engine = {
      ...engine,
      start: (container) => (isBroken ? unavailable() : engine.start(container)),
    };
    const { sandboxes, need } = aWorld({ engine: failing, ...by("auto") });
    expect((await sandboxes.enter(need())).place.receipt).toMatchObject({ transport: "socket" });
    isBroken = true;
    const later = await sandboxes.enter(need({}, { scopeKey: "agent:later", agent: "later" }));
    expect(later.place.receipt).toMatchObject({ transport: "exec" });
  }, 60_000);

  test.each(["attach", "exec"] as const)(
    "an impostor by %s is refused, and no other way is tried",
    async (transport) => {
      const made: ContainerSpecification[] = [];
      const lying: Engine = {
        ...engine,
        create: (asked, signal) => {
          made.push(asked);
          const script = "while :; do echo something that is no supervisor; sleep 1; done";
          return engine.create({ ...asked, command: ["/bin/sh", "-c", script] }, signal);
        },
        run: (container, _command, signal) =>
          engine.run(container, ["/bin/sh", "-c", "echo I am the supervisor, believe me"], signal),
      };
      // From this way on, as where the ones before are silent.
      const silent = transport === "exec" ? { ...lying, start: unavailable } : lying;
      const { sandboxes, need } = aWorld({ engine: silent, reach: { isRemote: true, transport: "auto" } });
      await expect(sandboxes.enter(need())).rejects.toMatchObject({ code: "CLAWD_PLACE_PROTOCOL" });
      expect(made).toHaveLength(transport === "exec" ? 2 : 1);
      expect(await sandboxes.list()).toEqual([]);
    },
  );

  test("when all are silent, the fault is that of the last one, and nothing is left", async () => {
    const deaf: Engine = { ...engine, start: unavailable, run: unavailable };
    const { sandboxes, need } = aWorld({ engine: deaf });
    await expect(sandboxes.enter(need())).rejects.toMatchObject({ code: "CLAWD_ENGINE_UNAVAILABLE" });
    expect(await sandboxes.list()).toEqual([]);
  });

  test.each(["attach", "exec"] as const)(
    "on an engine of another machine, by %s, the workspace is in memory",
    async (transport) => {
      const way = aProxy();
      const { sandboxes, need, agentWorkspace } = aWorld({ ...by(transport, true), wayOut: () => way });
      const { place } = await sandboxes.enter(need({ docker: { memory: "128m" } }));
      await place.files.write("a/b", Buffer.from("text"));
      expect(
        (await shell(place, "cat a/b; stat -c %U /workspace; df -m /workspace | awk 'NR > 1 { print $2 }'"))
          .output,
      ).toBe("textsandbox\n64\n");
      expect((await shell(place, "cat /etc/resolv.conf")).output).toBe("nameserver 127.0.0.1\n");
      // What the gateway lays beside its proxy is there too.
      expect((await shell(place, "cat /run/clawd/authority.pem")).output).toBe("a certificate");
      expect(
        (await shell(place, "curl -s -x http://127.0.0.1:3128 http://anywhere.example/")).output,
      ).toContain("asked for");
      expect(
        (await shell(place, `ls ${agentWorkspace}; grep -c ' /workspace .*tmpfs' /proc/self/mountinfo`))
          .output,
      ).toMatch(/\n?1\n$/);
    },
    60_000,
  );

  test("an engine on the network, behind certificates: a whole sandbox by attach, and by exec where that is silent", async () => {
    const remote = dockerEngine(engineAddress(await networkDoor(bench.socket, certificates()), {}));
    const silent: Engine = { ...remote, start: unavailable };
    for (const [used, transport] of [
      [remote, "attach"],
      [silent, "exec"],
    ] as const) {
      const { sandboxes, need } = aWorld({ engine: used, reach: { isRemote: true, transport: "auto" } });
      const { place } = await sandboxes.enter(need());
      expect(place.receipt).toMatchObject({ transport });
      await place.files.write("notes.txt", Buffer.from("over there"));
      expect((await shell(place, "cat notes.txt; id -u")).output).toBe("over there10001\n");
    }
  }, 60_000);

  test("on an engine of another machine, what would need a directory of this one is refused with a remedy", async () => {
    const { sandboxes, need, agentWorkspace } = aWorld(by("auto", true));
    for (const refused of [
      need({}, { access: "ro" }),
      need({}, { access: "rw" }),
      need({ docker: { binds: [`${agentWorkspace}:/data`] } }),
    ])
      await expect(sandboxes.enter(refused)).rejects.toMatchObject({
        code: "CLAWD_SANDBOX_REMOTE",
        hint: expect.stringContaining("workspaceAccess"),
      });
    const { sandboxes: bySocket } = aWorld(by("socket", true));
    await expect(bySocket.enter(need())).rejects.toMatchObject({ code: "CLAWD_SANDBOX_REMOTE" });
    expect(await sandboxes.list()).toEqual([]);
  });
});

/** A proxy of one container, as the gateway has one for each. */
function aProxy(): WayOut {
  return {
    environment: {},
    digest: "open",
    socket: "proxy.sock",
    async open(directory) {
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, "authority.pem"), "a certificate", { mode: 0o644 });
      const inside = createServer((request, response) =>
        response.end(`the proxy was asked for ${request.url}`),
      );
      await new Promise<void>((resolve) => {
        const before = process.umask(0);
        inside.listen(join(directory, "proxy.sock"), resolve);
        process.umask(before);
      });
      return {
        close: () =>
          new Promise<void>((resolve) => {
            inside.close(() => resolve());
            inside.closeAllConnections();
          }),
      };
    },
  };
}
