/** What stands around the commands of a sandbox: owner, mounts, filter of calls. Judged as it is now, not as it was at load. */
import { readFileSync } from "node:fs";
import { type BindRules, judgeBind } from "./binds.ts";
import type { ImageInfo, Mount } from "./engine.ts";
import { sandboxFault } from "./sandbox-fault.ts";
import type { SandboxNeed, WayOut } from "./sandbox-plan.ts";
import { containerNameOf, installationOf, workspaceOf } from "./scope.ts";
import { seccompFault, seccompProfile } from "./seccomp.ts";
import { fallbackUid } from "./settings.ts";
import type { Surroundings } from "./specification.ts";
import type { EngineReach } from "./transport.ts";
import { checkDirectory, ownerOf, prepareWorkspace } from "./workspace.ts";

interface SurroundingsPorts {
  readonly stateDirectory: string;
  readonly binds: () => Omit<BindRules, "mayBeExternal">;
  readonly reach: EngineReach;
}

/** Makes the scope's workspace. @throws CLAWD_SANDBOX_BIND, CLAWD_SANDBOX_SECCOMP, CLAWD_SANDBOX_WORKSPACE */
export function surroundingsOf(
  need: SandboxNeed,
  image: ImageInfo,
  way: WayOut | null,
  { stateDirectory, binds, reach }: SurroundingsPorts,
): Omit<Surroundings, "command" | "channel" | "transport"> {
  const { settings, scopeKey, access, agentWorkspace } = need;
  if (access === "ro") checkDirectory(agentWorkspace);
  const { docker } = settings;
  return {
    image: image.id,
    name: containerNameOf(docker.containerPrefix, scopeKey, stateDirectory),
    installation: installationOf(stateDirectory),
    owner: reach.isRemote
      ? { uid: fallbackUid, gid: fallbackUid }
      : access === "rw"
        ? ownerOf(agentWorkspace)
        : prepareWorkspace(workspaceOf(settings.workspaceRoot, scopeKey), userIn(docker.user)),
    binds: docker.binds.map((bind) =>
      mountOf(bind, { ...binds(), mayBeExternal: docker.dangerouslyAllowExternalBindSources }),
    ),
    seccomp: seccompOf(docker.seccompProfile),
    wayOut: way?.digest ?? null,
    environment: {},
    isRemote: reach.isRemote,
  };
}

function mountOf(bind: string, rules: BindRules): Mount {
  // Judged when the config was loaded, and now: links may have changed since.
  const verdict = judgeBind(bind, rules);
  if (verdict.ok) return verdict.mount;
  throw sandboxFault("CLAWD_SANDBOX_BIND", `The bind ${JSON.stringify(bind)} ${verdict.reason}.`);
}

function seccompOf(path: string | undefined): string {
  if (path === undefined) return seccompProfile();
  try {
    const text = readFileSync(path, "utf8");
    const fault = seccompFault(JSON.parse(text));
    if (fault === null) return text;
    throw sandboxFault("CLAWD_SANDBOX_SECCOMP", `The profile ${path} ${fault}.`);
  } catch (cause) {
    if (cause instanceof SyntaxError || (cause as NodeJS.ErrnoException).syscall !== undefined)
      throw sandboxFault("CLAWD_SANDBOX_SECCOMP", `The profile ${path} cannot be read.`, cause);
    throw cause;
  }
}

/** The uid and gid that the config names for commands. */
function userIn(user: string | undefined) {
  if (user === undefined) return undefined;
  const [uid, gid = uid] = user.split(":").map(Number);
  return { uid: uid!, gid: gid! };
}
