/** Which session works in which container, and what container and directory are called. */
import { createHash } from "node:crypto";

export type Scope = "session" | "agent" | "shared";

/** `agent:<id>`, the session's key, or `shared`. */
export function scopeKeyOf(scope: Scope, agent: string, session: string): string {
  if (scope === "shared") return "shared";
  return scope === "agent" ? `agent:${agent}` : session;
}

/** At most 41 characters of `[a-z0-9._-]`; no two keys have the same (the digest is of the whole key). */
export function slugOf(scopeKey: string): string {
  const readable = scopeKey
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]/g, "-")
    .slice(0, 32);
  return `${readable}-${digest("sha1", scopeKey).slice(0, 8)}`;
}

/** The directory of a sandbox's workspace. The shared one has its own too: the root itself holds everybody's. */
export function workspaceOf(root: string, scopeKey: string): string {
  return scopeKey === "shared" ? `${root}/shared` : `${root}/${slugOf(scopeKey)}`;
}

/**
 * At most 63 characters. The installation is part of it, so that two gateways on one engine never meet in one container.
 * @param installation identifies the gateway: its state directory.
 */
export function containerNameOf(prefix: string, scopeKey: string, installation: string): string {
  const slug = scopeKey === "shared" ? "shared" : slugOf(scopeKey);
  const suffix = `-${installationOf(installation)}`;
  return `${(prefix + slug).slice(0, 63 - suffix.length)}${suffix}`;
}

/** 8 hexadecimal digits that stand for the gateway in names and labels. */
export const installationOf = (stateDirectory: string): string =>
  digest("sha256", stateDirectory).slice(0, 8);

const digest = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest("hex");
