/** The ways out of containers, as the config opens them; what is refused through them is tried in test/hands.test.ts and browser.test.ts. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemClock } from "@clawd/kernel";
import type { SandboxNeed } from "@clawd/sandbox";
import { resolveSettings } from "@clawd/sandbox/config";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Config } from "../config.ts";
import type { EgressRecord } from "./egress-record.ts";
import { wayOuts } from "./way-out.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "clawd-way-out-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

const need = (own: Partial<SandboxNeed> = {}): SandboxNeed => ({
  scopeKey: "agent:main",
  agent: "main",
  access: "none",
  agentWorkspace: "/nowhere",
  settings: resolveSettings({}, {}, "agent", "/nowhere"),
  ...own,
});

const ways = (egress: object, refused: EgressRecord["refused"] = () => undefined) =>
  wayOuts({
    config: () => ({ agents: { defaults: { sandbox: { egress } } } }) as unknown as Config,
    clock: systemClock,
    logger: silentLogger,
    stateDirectory: directory,
    record: { refused },
  });

const secret = { host: "api.example.com", header: "Authorization", value: "canary-0123456789abcdef" };

test.each([
  ["tools", undefined, ["egress-ca.pem", "egress-roots.pem", "egress.sock"], true],
  ["a browser, which any page could have send them", "browser", ["egress.sock"], false],
] as const)("secrets are for %s", async (_who, purpose, files, isTrusted) => {
  const wayOut = await ways({ allow: ["api.example.com"], secrets: [secret] });
  const way = wayOut(need(purpose === undefined ? {} : { purpose }))!;
  expect("SSL_CERT_FILE" in way.environment).toBe(isTrusted);
  const channel = join(directory, purpose ?? "tools");
  const open = await way.open(channel, () => "agent:main");
  expect(readdirSync(channel).toSorted()).toEqual(files);
  await open.close();
});

test("what is refused is recorded for whoever has the container at that moment", async () => {
  const scopes: (string | null)[] = [];
  const wayOut = await ways({ allow: ["api.example.com"] }, ({ scope }) => scopes.push(scope));
  const channel = join(directory, "given-on");
  let whose = "spare:1";
  const open = await wayOut(need({ scopeKey: "spare:1" }))!.open(channel, () => whose);
  const ask = () =>
    new Promise((resolve) => {
      const asking = request({
        socketPath: join(channel, "egress.sock"),
        method: "CONNECT",
        path: "other.example:443",
      });
      asking.once("connect", (_response, socket) => resolve(socket.destroy()));
      asking.once("response", (response) => resolve(response.resume()));
      asking.once("error", resolve);
      asking.end();
    });
  await ask();
  whose = "agent:main:a";
  await ask();
  await open.close();
  expect(scopes).toEqual(["spare:1", "agent:main:a"]);
});

test("where nothing is opened there is no way out, for a browser neither", async () => {
  const wayOut = await ways({ allow: [] });
  expect([wayOut(need()), wayOut(need({ purpose: "browser" }))]).toEqual([null, null]);
});
