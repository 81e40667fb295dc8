import { expect, test } from "vitest";
import { formatPath } from "./result.ts";

test.each([
  [["telegram", "groups", "*", "requireMention"], 'telegram.groups["*"].requireMention'],
  [["bindings", 2, "agentId"], "bindings[2].agentId"],
  [["telegram", "groups", "-1001"], 'telegram.groups["-1001"]'],
  [["a", 'quo"te', "new\nline"], 'a["quo\\"te"]["new\\nline"]'],
  [["__proto__"], "__proto__"],
  [[""], '[""]'],
  [[], ""],
])("writes %j as %s", (segments, path) => {
  expect(formatPath(segments)).toBe(path);
});
