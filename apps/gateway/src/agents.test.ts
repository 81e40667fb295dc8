import { describe, expect, test } from "vitest";
import { agentIssues } from "./agent-issues.ts";
import { createAgents } from "./agents.ts";
import type { Config, GroupChat } from "./config.ts";

const config = (own?: GroupChat, defaults?: GroupChat, messages?: GroupChat): Config => ({
  agents: {
    ...(defaults && { defaults: { groupChat: defaults } }),
    list: [{ id: "main", identity: { name: "Clawd" }, ...(own && { groupChat: own }) }],
  },
  ...(messages && { messages: { groupChat: messages } }),
});
const patterns = (word: string): GroupChat => ({ mentionPatterns: [`\\b${word}\\b`] });

describe("an agent is mentioned", () => {
  const words = ["own", "default", "everybody", "Clawd"];
  test.each([
    ["own", config(patterns("own"), patterns("default"), patterns("everybody"))],
    ["default", config(undefined, patterns("default"), patterns("everybody"))],
    ["everybody", config(undefined, { historyLimit: 3 }, patterns("everybody"))],
    ["Clawd", config()],
  ])("by %s", (word, written) => {
    const agents = createAgents(written, {});
    const heard = words.filter((one) => agents.matchMention("main", `hello ${one}!`).matched);
    expect(heard).toEqual([word]);
  });

  test("by nothing where its own list is empty", () => {
    const agents = createAgents(config({ mentionPatterns: [] }, patterns("default")), {});
    expect(agents.matchMention("main", "hello default Clawd")).toEqual({ available: false, matched: false });
  });
});

test.each([
  [0, config({ historyLimit: 0 }, { historyLimit: 5 })],
  [5, config(patterns("own"), { historyLimit: 5 }, { historyLimit: 9 })],
  [9, config(undefined, undefined, { historyLimit: 9 })],
  [undefined, config()],
])("a turn is told %s lines of a group's talk", (lines, written) => {
  expect(createAgents(written, {}).get("main").contextLines).toBe(lines);
});

test("a pattern that cannot be used is named wherever it stands", () => {
  const bad: GroupChat = { mentionPatterns: ["("] };
  const issues = agentIssues(config(bad, bad, bad), () => undefined, { ANTHROPIC_API_KEY: "x" });
  expect(issues.map(({ path }) => path).sort()).toEqual([
    "agents.defaults.groupChat.mentionPatterns[0]",
    "agents.list[0].groupChat.mentionPatterns[0]",
    "messages.groupChat.mentionPatterns[0]",
  ]);
});
