/** Ids that are taken as they are written, or not at all: so two spellings never mean one person, nor one spelling two. */
import type { Canonical } from "@clawd/policy";

/** `pattern` is anchored at both ends and fits no name. */
export function exactId(pattern: RegExp, hint: string): (entry: string) => Canonical {
  return (entry) =>
    pattern.test(entry) ? { ok: true, id: entry } : { ok: false, message: "This is not an id.", hint };
}
