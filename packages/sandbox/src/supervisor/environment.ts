/** The environment of a command: names of the place's list alone. */
import { ClawdError } from "@clawd/kernel";
import type { PlaceEnvironment } from "../place.ts";

const name = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** @throws CLAWD_COMMAND_ENVIRONMENT for a name that is not on the list, a base variable with another value, or a NUL. */
export function checkEnvironment(
  asked: Readonly<Record<string, string>>,
  { base, settable }: PlaceEnvironment,
): void {
  for (const [key, value] of Object.entries(asked)) {
    if (!name.test(key)) throw refused(key, "it is no name");
    if (value.includes("\0")) throw refused(key, "its value holds a NUL");
    const isOwn = Object.hasOwn(base, key) && base[key] === value;
    if (!isOwn && !settable.includes(key)) throw refused(key, "it is not on the list");
  }
}

function refused(key: string, why: string): ClawdError {
  const shown = JSON.stringify(key.slice(0, 80));
  return new ClawdError("CLAWD_COMMAND_ENVIRONMENT", `The variable ${shown} is refused: ${why}.`, {
    hint: "Set it within the command, or leave it out.",
  });
}
