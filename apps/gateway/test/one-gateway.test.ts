/** Two programs want one thing: the state directory, or the port. The second is told who has it; the first notices nothing. */
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aWorld, freePort, type World } from "./a-world.ts";
import { aHome, clawdbot } from "./harness.ts";

let world: World;
beforeAll(async () => {
  world = await aWorld();
  world.telegram.control.addUser({ id: 42, firstName: "Ada" });
  world.home.configure(world.config({ dmPolicy: "allowlist", allowFrom: ["42"] }));
  await world.start();
}, 60_000);
afterAll(() => world.close());

async function stillAnswers(text: string) {
  world.telegram.control.say({ from: 42, text });
  await world.telegram.control.waitForSent({ method: "sendMessage", textIncludes: text });
}

describe("a second gateway", { timeout: 60_000 }, () => {
  test("on the same state ends with 1 and a hint, before it has asked any network anything", async () => {
    const before = world.telegram.control.listCalls().length;
    const second = await clawdbot(world.home, ["gateway", "--port", "0"]);
    expect(second).toMatchObject({ code: 1, stdout: "" });
    expect(second.stderr).toMatch(/Another gateway is running/);
    expect(second.stderr).toMatch(/Hint: .*CLAWDBOT_STATE_DIR.*CLAWD_STATE_IN_USE/);
    expect(world.telegram.control.listCalls()).toHaveLength(before);
    const status = await clawdbot(world.home, ["status"]);
    expect(status).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${world.gateway.process.pid}`),
    });
    await stillAnswers("after the second one");
  });

  test("on the port of the first is told that it is a clawdbot", async () => {
    const other = aHome();
    other.configure({});
    const second = await clawdbot(other, ["gateway", "--port", String(world.gateway.port)]);
    other.remove();
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/in use/);
    expect(second.stderr).toMatch(/another clawdbot.*CLAWD_PORT_IN_USE/i);
    await stillAnswers("after the other port");
  });

  test("on the port of another program is told that it is another program, and can start elsewhere at once", async () => {
    const port = await freePort();
    const program = createServer((_request, response) => response.end("<html>hello</html>"));
    await new Promise<void>((resolve) => program.listen(port, "127.0.0.1", resolve));
    const other = aHome();
    other.configure({ gateway: { port } });
    const second = await clawdbot(other, ["gateway"]);
    const doctor = await clawdbot(other, ["doctor"]);
    await new Promise((resolve) => program.close(resolve));
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/Another program has it.*CLAWD_PORT_IN_USE/);
    expect(doctor.stdout).toMatch(/Another program has the gateway's port/);
    // Nothing of the failed start is in the way of the next.
    const third = await clawdbot(other, ["gateway", "--port", String(world.gateway.port)]);
    expect(third.stderr).toMatch(/CLAWD_PORT_IN_USE/);
    other.remove();
  });
});
