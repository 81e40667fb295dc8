/** How long an approval is given for, as a person writes it. */
import { longestGrant } from "./life.ts";

const units = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const;
const form = /^(\d{1,7})([mhdw])$/;

/** What to write, for whoever wrote something else. */
export const durationForms = "write 30m, 12h, 7d or 2w: from one minute (1m) to ten years (3650d)";

/** Milliseconds, from a minute to ten years; undefined for everything else. */
export function durationFrom(text: string): number | undefined {
  const [, count, unit] = form.exec(text) ?? [];
  const milliseconds = Number(count) * units[unit as keyof typeof units];
  return milliseconds >= units.m && milliseconds <= longestGrant ? milliseconds : undefined;
}
