/** Where the files of a run are: where its tools would open them, as the policy says now. */
import type { RunTools } from "../calls/tool-gate.ts";
import type { PlacedCall } from "../calls/tool-call.ts";

/** Tools that can do something with a file, the ones that show it first. */
const fileTools = ["read", "bash", "edit", "apply_patch", "write", "grep", "ls", "find"] as const;

/** Null for a run that none of these tools is open to. An owner is not asked for it. */
export function filePlace({ specifications, asTool }: RunTools): PlacedCall | null {
  const offered = new Set(specifications.map(({ name }) => name));
  for (const tool of fileTools) {
    const call = offered.has(tool) ? asTool(tool, {}) : null;
    if (call !== null) return call;
  }
  return null;
}
