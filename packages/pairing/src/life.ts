/** How long things last. A time that cannot be read, or lies too far ahead, has passed. */

const second = 1000;
export const minute = 60 * second;
const hour = 60 * minute;

/** A code works for this long. */
const codeLife = 60 * minute;
/** Pending requests for each account of a provider. */
export const maxPending = 3;
/** Nobody takes the slot of a request this young. */
export const protection = 10 * minute;
/** How often the message with a code is handed out within the code's hour. */
export const maxTries = 3;
/** With no word on a message after this long, it counts as lost. */
export const sendingGrace = 60 * second;
/** Senders turned away that are remembered, the newest, and for how long. */
export const maxWaiting = 50;
export const waitingLife = 24 * hour;
/** Answers that are remembered; within an hour far fewer are given. */
export const maxAnswers = 200;
/** The longest that an approval with an end may be given for, in milliseconds. */
export const longestGrant = 3650 * 24 * hour;
/** No further ahead lies an end that was ever given, also for a clock that was set back by hours. */
export const furthestEnd = longestGrant + 24 * hour;
/** Wrong codes before approval stops, and for how long. */
export const maxWrongCodes = 10;
export const lockLife = 5 * minute;

export function toTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/**
 * Alive at exactly one hour, dead one millisecond later. A clock that was set back keeps a request alive;
 * one created more than an hour ahead is no clock's doing and is dead.
 */
export function isLive(createdAt: string, now: number): boolean {
  return Math.abs(now - Date.parse(createdAt)) <= codeLife;
}

/** Whether `time` is less than `span` milliseconds away, on either side. */
export function isWithin(time: string, now: number, span: number): boolean {
  return Math.abs(now - Date.parse(time)) < span;
}
