/** What a call that is allowed gives, and a command. */
import type { CommandRight } from "../command-rights.ts";
import type { ToolKind } from "../tool-catalogue.ts";
import type { Wanted } from "./run-items.ts";
import type { Answer, Capability } from "./types.ts";

const browsing = new Set(["browser"]);
const reading = new Set(["web_fetch", "web_search"]);

/** `kind`: of the tool that is called. */
export function capabilitiesOf(wanted: Wanted, kind: ToolKind, { place }: Answer): readonly Capability[] {
  if (wanted.action === "send") return wanted.target === null ? [] : ["send"];
  if (wanted.action === "session") {
    if (wanted.operation === "spawn") return ["spawn"];
    const isOthers = (wanted.whose === "same-agent" || wanted.whose === "other-agent") && !wanted.isSpawned;
    return isOthers ? ["sessions"] : [];
  }
  switch (kind) {
    case "exec":
      return [
        place === "host" ? "host-exec" : "sandbox-exec",
        ...(wanted.isElevated ? (["elevated"] as const) : []),
      ];
    case "write":
      return ["write"];
    case "session":
      return [browsing.has(wanted.tool) ? "browse" : "read"];
    case "admin":
      return wanted.tool === "cron" ? ["config", "schedule"] : ["config"];
    case "gateway":
      return reading.has(wanted.tool) ? ["fetch"] : [];
  }
}

/** Commands of owners change how the gateway works. */
export const commandCapabilities = ({ right }: CommandRight): readonly Capability[] =>
  right === "owner" ? ["command", "config"] : ["command"];
