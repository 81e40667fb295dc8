/** Commands that a profile names and none of its holders has the right to: profiles only take away. */
import { startCompilation } from "../compilation.ts";
import { compileAgents } from "../compile-agents.ts";
import { compileProfiles } from "../compile-profiles.ts";
import type { ConfigPath } from "../config-path.ts";
import type { Plan } from "../plan.ts";
import type { CompileOptions } from "../policy.ts";
import type { Alike } from "./alike.ts";
import { entriesAt, keysAt, withoutValue } from "./config-edit.ts";
import { questionOf, type Landscape } from "./landscape.ts";
import { over } from "./over.ts";

export function deadCommands(
  config: unknown,
  options: CompileOptions,
  landscape: Landscape,
  alike: Alike,
): readonly ConfigPath[] {
  const compilation = startCompilation(config, options);
  const root = compilation.root.value;
  const [plan] = landscape.plans as readonly [Plan];
  const agents = compileAgents(compilation);
  const entries = keysAt(root, ["access", "profiles"]).flatMap((name) =>
    entriesAt(root, ["access", "profiles", name, "commands"]),
  );
  return entries.filter((path) => {
    const edited = over(compilation, withoutValue(root, path));
    const changed: Plan = { ...plan, profiles: compileProfiles(edited, agents) };
    return landscape.standings.every((standing) => {
      const [side] = standing.spot.sides;
      if (!side) return true;
      const question = questionOf(standing);
      const reading = { side, question, origin: question, elevated: "" };
      return alike.messages(reading, { ...reading, side: { ...side, plan: changed } });
    });
  });
}
