/** The ids that become parts of paths: checked in one place, so that none leads outside the state directory. */
import { ClawdError } from "@clawd/kernel";

const plainId = /^[a-z0-9_-]{1,64}$/;

/** True for an agent id or session id that may stand in a path: 1 to 64 of `a`-`z`, `0`-`9`, `_`, `-`. */
export function isPlainId(value: unknown): value is string {
  return typeof value === "string" && plainId.test(value);
}

/** @throws CLAWD_SESSION_ID when the agent id cannot stand in a path, or the key names another agent. */
export function checkSession(agent: string, key: string): void {
  if (!isPlainId(agent)) throw idFault("An agent id is not made of 1 to 64 of a-z, 0-9, _ and -.");
  if (typeof key !== "string" || key === "") throw idFault("A session key is empty.");
  const named = agentOfKey(key);
  if (named !== undefined && named !== agent) throw idFault("A session key belongs to another agent.");
}

/** The agent that a key of the form `agent:<agentId>:…` names; undefined for keys of another form. */
export function agentOfKey(key: string): string | undefined {
  const [first, agent, ...rest] = key.split(":");
  return first === "agent" && rest.length > 0 ? agent : undefined;
}

function idFault(message: string): ClawdError {
  return new ClawdError("CLAWD_SESSION_ID", message, {
    hint: "Use the agent ids of `clawdbot agents list` and the keys of `clawdbot sessions list`.",
  });
}
