/** Which engine, and who is believed to be it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { dockerEngine, engineAddress } from "../src/docker.ts";
import { certificates, networkDoor } from "./certificates.ts";
import { withEngine } from "./real-engine.ts";

describe("where the engine is", () => {
  test("the setting, else the gateway's DOCKER_HOST, else Docker's own", () => {
    expect(engineAddress({ socket: "/a.sock" }, { DOCKER_HOST: "unix:///b.sock" })).toEqual({
      socket: "/a.sock",
    });
    expect(engineAddress({}, { DOCKER_HOST: "unix:///b.sock" })).toEqual({ socket: "/b.sock" });
    expect(engineAddress({}, {})).toEqual({ socket: "/var/run/docker.sock" });
  });

  test("a host on the network comes with certificates, the setting's before the environment's", () => {
    const [own, other] = [certificates(), certificates()];
    const address = engineAddress(
      { socket: "tcp://engine.example:1234", certPath: own },
      { DOCKER_CERT_PATH: other },
    );
    const key = readFileSync(join(own, "key.pem"));
    expect(address).toMatchObject({ tls: { host: "engine.example", port: 1234, key } });
    const named = engineAddress({}, { DOCKER_HOST: "tcp://[2001:db8::1]", DOCKER_CERT_PATH: other });
    expect(named).toMatchObject({ tls: { host: "2001:db8::1", port: 2376 } });
  });

  test.each([
    "tcp://127.0.0.1:2375",
    "tcp://engine.example",
    "ssh://host",
    "relative.sock",
    "unix://relative",
    "npipe:////./pipe/x",
    "http://127.0.0.1:2375",
    "tcp://user@host:1",
    "tcp://host:1/path",
    "tcp://host:99999",
    "tcp://-host:1",
  ])("%s without certificates, or as no address, is refused", (host) => {
    expect(() => engineAddress({}, { DOCKER_HOST: host })).toThrowError(
      expect.objectContaining({ code: "CLAWD_ENGINE_UNAVAILABLE" }),
    );
  });
});

withEngine("an engine on the network", (bench) => {
  const door = async (own: string, secure = own) =>
    dockerEngine(engineAddress(await networkDoor(bench.socket, own, secure), {}));

  test("makes containers and carries their streams, both ways of them", async () => {
    const engine = await door(certificates());
    expect((await engine.describe()).name).toBe("docker");
    const container = await engine.create(bench.specification("read line; echo heard $line; sleep 60"));
    onTestFinished(() => bench.engine.remove(container));
    const stream = await engine.start(container);
    stream.write("hello\n");
    expect(String(await new Promise((resolve) => stream.once("data", resolve)))).toBe("heard hello\n");
    const beside = await engine.run(container, ["/bin/busybox", "id", "-u"]);
    expect(await text(beside)).toBe("10001\n");
    stream.destroy();
  });

  test("is not spoken to with a certificate of another authority, nor speaks to one", async () => {
    const [own, other] = [certificates(), certificates()];
    await expect((await door(own, other)).describe()).rejects.toMatchObject({
      code: "CLAWD_ENGINE_UNAVAILABLE",
      message: expect.stringContaining("certificates"),
    });
    await expect((await door(certificates("127.0.0.2"))).describe()).rejects.toMatchObject({
      code: "CLAWD_ENGINE_UNAVAILABLE",
    });
  });

  test("gets no mount of this machine, whoever asks for one", async () => {
    const engine = await door(certificates());
    const mounts = [{ source: "/tmp", target: "/data", isReadOnly: true }];
    await expect(engine.create(bench.specification("true", { mounts }))).rejects.toMatchObject({
      code: "CLAWD_ENGINE_REFUSED",
      message: expect.stringContaining("another machine"),
    });
  });
});
