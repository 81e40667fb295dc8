/** The files of an agent's workspace that every prompt carries, as they are now. */
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { WorkspaceFile } from "./system-prompt.ts";

/** In this order. */
const promptFiles = ["AGENTS.md", "SOUL.md", "IDENTITY.md", "USER.md", "TOOLS.md"];

/** Reads them again when they have changed; a link is not followed. A missing workspace has none. */
export function workspaceFiles(workspace: string): () => readonly WorkspaceFile[] {
  let seen = "";
  let files: readonly WorkspaceFile[] = [];
  return () => {
    const found = promptFiles.flatMap((name) => {
      const stat = lstatSync(join(workspace, name), { throwIfNoEntry: false });
      return stat?.isFile() ? [{ name, stamp: `${name} ${stat.mtimeMs} ${stat.size}` }] : [];
    });
    const stamp = found.map((file) => file.stamp).join("\n");
    if (stamp !== seen)
      files = found.map(({ name }) => ({ name, content: readFileSync(join(workspace, name), "utf8") }));
    seen = stamp;
    return files;
  };
}
