/** Every config of docs/sandbox.md is valid as it stands there, and what the page says is refused is refused, with its key. */
import { afterAll, expect, test } from "vitest";
import { configsOf, install } from "./documented-page.ts";
import { aHome, clawdbot } from "./harness.ts";

const home = aHome({ EXAMPLE_API_KEY: "an-api-key-that-nobody-has" });
afterAll(() => home.remove());

const issues = async (config: unknown) => {
  home.configure(config);
  const { stdout } = await clawdbot(home, ["config", "validate", "--json"]);
  return (JSON.parse(stdout) as { issues: { path: string; hint: string }[] }).issues;
};

test.each(configsOf("sandbox.md").map((config, index) => [index + 1, config] as const))(
  "block %i",
  async (_number, config) => {
    await install(home, config);
  },
);

test.each([
  ["network", "host"],
  ["network", "container:other"],
  ["user", "root"],
  ["capDrop", ["NET_RAW"]],
  ["seccompProfile", "unconfined"],
  ["apparmorProfile", "unconfined"],
])("docker.%s: %j is refused, with the key and a remedy", async (key, value) => {
  const found = await issues({ agents: { defaults: { sandbox: { docker: { [key]: value } } } } });
  expect(found).toEqual([
    expect.objectContaining({
      path: `agents.defaults.sandbox.docker.${key}`,
      hint: expect.stringMatching(/./),
    }),
  ]);
});

test.each(["/:/host", "/var/run/docker.sock:/s", "/etc:/data", "~/.ssh:/keys"])(
  "the bind %s is refused",
  async (bind) => {
    const found = await issues({
      agents: { list: [{ id: "main", sandbox: { docker: { binds: [bind] } } }] },
    });
    expect(found).toMatchObject([{ path: "agents.list[0].sandbox.docker.binds[0]" }]);
  },
);
