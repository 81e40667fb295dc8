import { fakePorts } from "@clawd/provider-kit/testing";
import { expect, test } from "vitest";
import { provider } from "../src/index.ts";

// Until the library is there. Replace this test when it is.
test("without its library it is down, says so, and can be stopped", async () => {
  const ports = fakePorts();
  const connection = provider.connect({ token: "a-token" }, ports);
  await connection.start();
  await new Promise((resolve) => setImmediate(resolve));
  expect(ports.states.at(-1)).toMatchObject({ state: "down", code: "CLAWD_EXAMPLE_UNREACHABLE" });
  await connection.stop();
  expect(ports.states.at(-1)).toEqual({ state: "stopped" });
});

test("without a token it does not start", () => {
  expect(provider.ready({})).toMatchObject({ ready: false, hint: "Set example.token." });
});
