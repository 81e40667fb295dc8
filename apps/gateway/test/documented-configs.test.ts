/** The configurations of the security document are understood as they stand there. */
import { afterAll, expect, test } from "vitest";
import { aHome, clawdbot } from "./harness.ts";

const home = aHome();
afterAll(() => home.remove());

const documented = {
  "DMs: pairing by default": `{ whatsapp: { dmPolicy: "pairing" } }`,
  "Groups: require mention everywhere": `{
    "whatsapp": { "groups": { "*": { "requireMention": true } } },
    "agents": { "list": [{ "id": "main", "groupChat": { "mentionPatterns": ["@clawd", "@mybot"] } }] }
  }`,
  "full access (no sandbox)": `{
    agents: { list: [{ id: "personal", workspace: "~/clawd-personal", sandbox: { mode: "off" } }] }
  }`,
  "read-only tools + read-only workspace": `{
    agents: {
      list: [
        {
          id: "family",
          workspace: "~/clawd-family",
          sandbox: { mode: "all", scope: "agent", workspaceAccess: "ro" },
          tools: { allow: ["read"], deny: ["write", "edit", "bash", "process", "browser"] }
        }
      ]
    }
  }`,
  "no filesystem/shell access (provider messaging allowed)": `{
    agents: {
      list: [
        {
          id: "public",
          workspace: "~/clawd-public",
          sandbox: { mode: "all", scope: "agent", workspaceAccess: "none" },
          tools: {
            allow: ["sessions_list", "sessions_history", "sessions_send", "sessions_spawn", "session_status", "whatsapp", "telegram", "slack", "discord", "gateway"],
            deny: ["read", "write", "edit", "bash", "process", "browser", "canvas", "nodes", "cron", "gateway", "image"]
          }
        }
      ]
    }
  }`,
};

test.each(Object.entries(documented))("%s", async (_title, config) => {
  home.configure(config);
  expect(await clawdbot(home, ["config", "validate"])).toMatchObject({ code: 0 });
});
