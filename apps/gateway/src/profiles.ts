/** The profiles of rights that an approval may name: two that are always there, and those of the config. */
import { ClawdError, nearestName } from "@clawd/kernel";

/** `owner` is none of them: an approval makes nobody an owner. */
const builtInProfiles: readonly string[] = ["friend", "stranger"];

/** @throws CLAWD_PROFILE when the config knows no such profile, or cannot be read; for a built-in one it is not read. */
export async function checkProfile(name: string, configPath: string): Promise<void> {
  if (name === "owner") throw ownerIsNone();
  if (builtInProfiles.includes(name)) return;
  const known = new Set([...builtInProfiles, ...(await profilesIn(configPath, name))]);
  known.delete("owner");
  if (known.has(name)) return;
  const near = nearestName(name, known);
  throw new ClawdError("CLAWD_PROFILE", `No such profile: ${name}.`, {
    hint: near
      ? `Did you mean ${near}?`
      : `One of: ${[...known].join(", ")}. More are made under access.profiles.`,
  });
}

/** What the config says, also where the rest of it has mistakes: whether it is valid is another command's question. */
async function profilesIn(path: string, wanted: string): Promise<readonly string[]> {
  const [{ readConfig, valueOf }, { configOptions }] = await Promise.all([
    import("@clawd/config"),
    import("./settings.ts"),
  ]);
  const { result } = readConfig(await configOptions(path));
  if (!result.ok) {
    throw new ClawdError("CLAWD_PROFILE", `Whether there is a profile ${wanted} cannot be read in ${path}.`, {
      hint: "`clawdbot config validate` says what is wrong with it.",
    });
  }
  const { access } = Object(valueOf(result.value.root)) as { access?: unknown };
  const { profiles } = Object(access) as { profiles?: unknown };
  return typeof profiles === "object" && profiles !== null && !Array.isArray(profiles)
    ? Object.keys(profiles)
    : [];
}

function ownerIsNone(): ClawdError {
  return new ClawdError("CLAWD_PROFILE", "Nobody is approved as owner.", {
    hint: "`clawdbot pairing approve … --owner` makes a person an owner, without an end.",
  });
}
