/** Many at once. */
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { aRig, aTcpServer, opened } from "./a-network.ts";
import { openTunnel } from "./clients.ts";

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const part of running.splice(0).toReversed()) await part.stop();
});

test("a thousand tunnels at once carry each its own bytes, and end without a trace", async () => {
  const echo = await aTcpServer((socket) => socket.pipe(socket));
  running.push(echo);
  const rig = await aRig({ allow: [{ host: "*.site.test", ports: [echo.port] }, opened(echo.port)] });
  running.push(rig);
  const tunnels = await Promise.all(
    Array.from({ length: 1000 }, () => openTunnel(rig.path, `a.site.test:${echo.port}`)),
  );
  expect(new Set(tunnels.map(({ status }) => status))).toEqual(new Set([200]));
  expect(echo.connects()).toBe(1000);
  const echoes = await Promise.all(
    tunnels.map(async ({ socket }, index) => {
      socket.write(`#${index}`);
      const [bytes] = (await once(socket.resume(), "data")) as [Buffer];
      return bytes.toString();
    }),
  );
  expect(echoes).toEqual(tunnels.map((_, index) => `#${index}`));
  for (const { socket } of tunnels) socket.destroy();
  const closed = () => rig.events.filter(({ kind }) => kind === "connection-closed").length;
  while (closed() < 1000) await new Promise((resolve) => setImmediate(resolve));
});
