/** What is wrong with the agents of a config beside their rules: patterns that cannot be used, models that cannot answer. */
import type { Locate } from "@clawd/config";
import { formatPath, type Issue } from "@clawd/kernel";
import { compileMentionPatterns } from "@clawd/provider-kit";
import { chooseModelOf, namesOf, primary } from "./agents.ts";
import type { Config } from "./config.ts";

export function agentIssues(
  config: Config,
  locate: Locate,
  environment: NodeJS.ProcessEnv,
): readonly Issue[] {
  const lists = [
    {
      path: ["messages", "groupChat", "mentionPatterns"],
      patterns: config.messages?.groupChat?.mentionPatterns,
    },
    {
      path: ["agents", "defaults", "groupChat", "mentionPatterns"],
      patterns: config.agents?.defaults?.groupChat?.mentionPatterns,
    },
    ...(config.agents?.list ?? []).map(({ groupChat }, index) => ({
      path: ["agents", "list", index, "groupChat", "mentionPatterns"],
      patterns: groupChat?.mentionPatterns,
    })),
  ];
  const patterns = lists.flatMap(({ path, patterns: written }) =>
    compileMentionPatterns(written ?? [], path).issues.map((issue) => ({ ...issue, ...locate(path) })),
  );
  return [...patterns, ...modelIssues(config, locate, environment)];
}

/** A missing key is a warning: the access rules are sound without it. */
function modelIssues(config: Config, locate: Locate, environment: NodeJS.ProcessEnv): readonly Issue[] {
  const places = [
    { path: ["agents", "defaults", "model"], choice: config.agents?.defaults?.model },
    ...(config.agents?.list ?? []).map(({ model }, index) => ({
      path: ["agents", "list", index, "model"],
      choice: model,
    })),
  ];
  const forPictures = ["agents", "defaults", "imageModel"];
  const named = [
    ...places.map(({ path, choice }) => ({ path, name: primary(choice) })),
    ...namesOf(config.agents?.defaults?.imageModel ?? {}).map((name) => ({ path: forPictures, name })),
  ];
  return named.flatMap(({ path, name }): Issue[] => {
    if (name === undefined) return [];
    const chosen = chooseModelOf(name, config, environment);
    if (chosen.kind !== "unavailable") return [];
    const { code, message, hint } = chosen;
    const severity = code === "model-key" ? "warning" : "error";
    return [{ code, path: formatPath(path), message, hint, severity, ...locate(path) }];
  });
}
