/** Where an agent's sessions work, and which tools they have there. */
import { readRecord, readWord, type Compilation } from "./compilation.ts";
import { builtInToolList, compileToolList } from "./compile-tool-list.ts";
import { child, inherited, isSet, type ConfigNode, type Sections } from "./config-node.ts";
import type { SandboxPlan } from "./plan.ts";
import { sandboxDefaults } from "./tool-catalogue.ts";

/** `sections`: the agent's `sandbox`, then that of the defaults. `tools`: the agent's `tools`, then the global ones. */
export function compileSandbox(
  compilation: Compilation,
  sections: Sections,
  tools: readonly ConfigNode[],
): SandboxPlan {
  for (const section of sections) readRecord(compilation, section);
  const key = (name: string) => inherited(sections, name);
  const [mode, scope, access, visibility] = [
    key("mode"),
    key("scope"),
    key("workspaceAccess"),
    key("sessionToolsVisibility"),
  ];
  return {
    mode: readWord(compilation, mode, ["off", "non-main", "all"] as const) ?? "non-main",
    scope: readWord(compilation, scope, ["session", "agent", "shared"] as const) ?? "agent",
    workspaceAccess: readWord(compilation, access, ["none", "ro", "rw"] as const) ?? "none",
    visibility: readWord(compilation, visibility, ["spawned", "all"] as const) ?? "spawned",
    ...sandboxLists(compilation, tools),
    rules: {
      mode: compilation.rule(mode),
      scope: compilation.rule(scope),
      workspaceAccess: compilation.rule(access),
      visibility: compilation.rule(visibility),
    },
  };
}

function sandboxLists(compilation: Compilation, tools: readonly ConfigNode[]) {
  const blocks = tools.map((node) => {
    const sandbox = child(node, "sandbox");
    readRecord(compilation, sandbox);
    return child(sandbox, "tools");
  });
  const lists = blocks.map((block) => compileToolList(compilation, block)).filter((list) => list !== null);
  const sets = (key: string) => blocks.some((block) => isSet(child(block, key)));
  const builtIn = (allow: readonly string[] | null, deny: readonly string[]) =>
    builtInToolList(compilation, "tools.sandbox.tools", allow, deny);
  const isDefault = (key: string) => !compilation.hasOwnTools && !sets(key);
  return {
    lists: isDefault("deny") ? [...lists, builtIn(null, sandboxDefaults.deny)] : lists,
    unlisted: isDefault("allow") ? builtIn(sandboxDefaults.allow, []) : null,
  };
}
