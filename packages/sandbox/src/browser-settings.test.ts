import { expect, test } from "vitest";
import { browserSettings } from "./browser-settings.ts";
import { resolveSettings } from "./settings.ts";

test("a browser's container has nothing of the agent's: no network, directory, bind, command or variable", () => {
  const settings = resolveSettings(
    {
      docker: {
        network: "lan",
        binds: ["/w/a:/data:rw"],
        env: { SECRET: "x" },
        setupCommand: "true",
        dns: ["9.9.9.9"],
        extraHosts: ["a:192.0.2.1"],
        readOnlyRoot: false,
        tmpfs: [],
        memory: "2g",
        pidsLimit: 2000,
      },
      browser: { enabled: true, image: "own:1" },
    },
    { browser: { containerPrefix: "mine-" } },
    "agent",
    "/state",
  );
  const { workspaceRoot, docker } = browserSettings(settings);
  expect(workspaceRoot).not.toBe(settings.workspaceRoot);
  expect(docker).toMatchObject({
    image: "own:1",
    containerPrefix: "mine-",
    network: "none",
    readOnlyRoot: true,
    binds: [],
    env: {},
    dns: [],
    extraHosts: [],
    memory: 2 ** 31,
    pidsLimit: 2000,
  });
  expect(docker).not.toHaveProperty("setupCommand");
});

test("nobody has one who has not said so, and in a shared sandbox only what all agents have counts", () => {
  const browserOf = (own: object, scope: "agent" | "shared") =>
    resolveSettings({}, { browser: own }, scope, "/state").browser;
  expect(browserOf({}, "agent")).toEqual({
    isEnabled: false,
    image: "clawdbot-sandbox-browser:bookworm-slim",
    containerPrefix: "clawdbot-sbx-browser-",
  });
  expect(browserOf({ enabled: true }, "agent").isEnabled).toBe(true);
  expect(browserOf({ enabled: true }, "shared").isEnabled).toBe(false);
});
