/** Profiles of rights as another config would have them. */
import type { Compilation } from "../compilation.ts";
import { compileAgents } from "../compile-agents.ts";
import { compileProfiles } from "../compile-profiles.ts";
import type { Plan, Profile } from "../plan.ts";
import type { Otherwise } from "./felt.ts";
import { over } from "./over.ts";
import { profileContent } from "./plan-content.ts";

/** For a config that differs from the compiled one in profiles alone: whose runs that can concern, and what becomes of them. */
export function changedProfiles(
  compilation: Compilation,
  { profiles }: Plan,
): (edited: unknown) => Pick<Otherwise, "isFor" | "of"> {
  const agents = compileAgents(compilation);
  return (edited) => {
    const { byName } = compileProfiles(over(compilation, edited), agents);
    const isChanged = ([held, profile]: readonly [string, Profile]) =>
      profileContent(profile) !== profileContent(profiles.byName.get(held)!);
    // A profile that starts from another one changes with it.
    const changed = new Map([...byName].filter(isChanged));
    return {
      isFor: ({ held: [held] }) => typeof held === "string" && changed.has(held),
      of: (at, _, held) => ({ ...at, profile: changed.get(held ?? "") ?? at.profile }),
    };
  };
}
