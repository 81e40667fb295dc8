import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { callGateway } from "./control-call.ts";
import { announceAddress, runningGateway } from "./gateway-address.ts";

function aDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "clawd-address-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test("a gateway that runs is found, until it takes its address back", () => {
  const directory = aDirectory();
  expect(runningGateway(directory)).toBe(undefined);
  const takeBack = announceAddress(directory, 4711);
  expect(runningGateway(directory)).toEqual({ pid: process.pid, port: 4711 });
  expect(statSync(join(directory, "gateway.json")).mode & 0o777).toBe(0o600);
  takeBack();
  takeBack();
  expect(runningGateway(directory)).toBe(undefined);
});

test.each(["", "null", "{}", '{"pid":0.5,"port":1}', '{"pid":"x"}', `{"pid":${2 ** 30},"port":1}`])(
  "%j says that none runs",
  (text) => {
    const directory = aDirectory();
    writeFileSync(join(directory, "gateway.json"), text);
    expect(runningGateway(directory)).toBe(undefined);
  },
);

test("where none runs, and where nobody listens any more, a call says so", async () => {
  const gone = { pid: process.pid, port: 9 };
  for (const address of [undefined, gone])
    await expect(callGateway(address, () => "token", "/control/status", {})).rejects.toMatchObject({
      code: "CLAWD_GATEWAY_NOT_RUNNING",
    });
});
