/** What `config schema` offers to an editor: every access key of every network, and nothing that is on its way out. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aHome, clawdbot } from "./harness.ts";

interface Schema {
  readonly properties: Readonly<Record<string, Schema>>;
  readonly additionalProperties: Schema;
  readonly items: Schema;
}

const home = aHome();
afterAll(() => home.remove());
let text: string;
let schema: Schema;
beforeAll(async () => {
  text = (await clawdbot(home, ["config", "schema"])).stdout;
  schema = JSON.parse(text) as Schema;
});

/** The keys at a place; `*` is any id and `[]` any entry of a list. */
function keysAt(path: string): readonly string[] {
  let at = schema;
  for (const key of path.split("."))
    at = key === "*" ? at.additionalProperties : key === "[]" ? at.items : (at.properties[key] as Schema);
  return Object.keys(at.properties);
}

describe("config schema", () => {
  test.each([
    ["tools", ["profile", "alsoAllow", "byProvider", "elevated", "sandbox", "subagents", "agentToAgent"]],
    ["agents.list.[]", ["tools", "subagents", "sandbox"]],
    ["agents.list.[].tools", ["profile", "alsoAllow", "allow", "deny", "byProvider", "elevated", "sandbox"]],
    ["access", ["profiles", "examples"]],
    [
      "access.profiles.*",
      ["agents", "tools", "places", "commands", "send", "sessions", "ask", "budget", "members"],
    ],
    ["telegram.groups.*", ["tools", "toolsBySender"]],
    ["telegram.groups.*.topics.*", ["tools", "toolsBySender"]],
    ["telegram.accounts.*.groups.*", ["tools", "toolsBySender"]],
    ["discord.guilds.*", ["tools", "toolsBySender"]],
    ["discord.guilds.*.channels.*", ["tools", "toolsBySender"]],
    ["slack.channels.*", ["tools", "toolsBySender"]],
  ])("has the keys of %s", (path, keys) => {
    expect(keysAt(path)).toEqual(expect.arrayContaining(keys));
  });

  test("offers nothing deprecated", () => {
    expect(text).not.toMatch(/deprecat/i);
  });
});
