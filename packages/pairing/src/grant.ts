/** What an approval gives beside admission: a named set of rights, an end, both or neither. What is half understood is no grant. */
import { ClawdError } from "@clawd/kernel";
import { furthestEnd, toTime } from "./life.ts";

export interface Grant {
  /** The profile of rights that the approval names; null: none. Whether it exists is the config's business. */
  readonly profile: string | null;
  /** Milliseconds since 1970; from this one on the approval is over. Null: it has no end. */
  readonly until: number | null;
}

/** What the owner asks for. */
export interface GrantOptions {
  /** A letter and up to 31 of `a-z`, `0-9` and `-`. Absent: no profile. */
  readonly profile?: string;
  /** Milliseconds since 1970, later than now and at most ten years ahead. Absent: no end. */
  readonly until?: number;
}

export const plainGrant: Grant = Object.freeze({ profile: null, until: null });

const profileName = /^[a-z][a-z0-9-]{0,31}$/;
const timeForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{3})?)?Z$/;

/** @throws CLAWD_PAIRING_GRANT */
export function checkGrant({ profile, until }: GrantOptions, now: number): Grant {
  if (profile !== undefined && !isProfileName(profile))
    throw refusal("This is no name of a profile.", "Use a letter, then up to 31 of a-z, 0-9 and -.");
  if (until !== undefined && !(Number.isSafeInteger(until) && isInForce({ until }, now)))
    throw refusal("An approval cannot end then.", "Give a moment that is to come, at most ten years ahead.");
  return { profile: profile ?? null, until: until ?? null };
}

/** Null when the entry is anything but what `writeGrant` writes: a misspelt `until` must not become an approval without end. */
export function readGrant(entry: unknown): Grant | null {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return null;
  let { profile, until }: Grant = plainGrant;
  for (const [key, value] of Object.entries(entry)) {
    if (key === "profile" && isProfileName(value)) profile = value;
    else if (key === "until" && isTime(value)) until = Date.parse(value);
    else return null;
  }
  return profile === null && until === null ? null : Object.freeze({ profile, until });
}

/** The entry of a grant; undefined for an approval that is nothing but one. */
export function writeGrant({ profile, until }: Grant): unknown {
  if (profile === null && until === null) return undefined;
  return { ...(profile === null ? {} : { profile }), ...(until === null ? {} : { until: toTime(until) }) };
}

/** Before its end, and its end no further than anybody can have set it. A clock that is no number is past every end. */
export function isInForce({ until }: Pick<Grant, "until">, now: number): boolean {
  return until === null || (now < until && until - now <= furthestEnd);
}

export function isOver({ until }: Grant, now: number): boolean {
  return until !== null && now >= until;
}

/** In force or over; the rest is what nobody can have given. */
export function isUnderstood(grant: Grant | null, now: number): grant is Grant {
  return grant !== null && (isInForce(grant, now) || isOver(grant, now));
}

function isProfileName(value: unknown): value is string {
  return typeof value === "string" && profileName.test(value);
}

/** `Date.parse` takes 30 February for a day in March, and a bare `7` for a month: only what comes out as it went in is a time. */
function isTime(value: unknown): value is string {
  if (typeof value !== "string" || !timeForm.test(value)) return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && toTime(time).startsWith(value.slice(0, -1));
}

function refusal(message: string, hint: string): ClawdError {
  return new ClawdError("CLAWD_PAIRING_GRANT", message, { hint });
}
