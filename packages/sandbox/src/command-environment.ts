/** The environment of a command: names of the place's list alone, in every place by the same rule. */
import { ClawdError } from "@clawd/kernel";
import type { PlaceEnvironment } from "./place.ts";

const validName = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Characters of all names and values together. */
const longest = 65_536;

/**
 * @throws CLAWD_COMMAND_ENVIRONMENT for a name that is not on the list, a base variable with another value, or a value that is not
 * one line.
 */
export function checkEnvironment(
  asked: Readonly<Record<string, string>>,
  { base, settable }: PlaceEnvironment,
): void {
  let length = 0;
  for (const [name, value] of Object.entries(asked)) {
    const isOwn = Object.hasOwn(base, name) && base[name] === value;
    if (!validName.test(name)) throw environmentFault(name, "it is no name");
    if (!isOwn && !settable.includes(name)) throw environmentFault(name, "it is not on the list");
    if (/[\0\r\n]/.test(value)) throw environmentFault(name, "its value is more than one line");
    length += name.length + value.length;
    if (length > longest) throw environmentFault(name, "with it, all are too long");
  }
}

export function environmentFault(name: string, reason: string): ClawdError {
  return new ClawdError(
    "CLAWD_COMMAND_ENVIRONMENT",
    `The variable ${JSON.stringify(name.slice(0, 80))} cannot be set: ${reason}.`,
    { hint: "Set it in the command itself: NAME=value program." },
  );
}
