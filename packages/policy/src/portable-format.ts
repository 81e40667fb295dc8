/** How a plan stands in text: a list of values that name each other by their place. The first is the plan. */

/** Of text that this version writes and reads. */
export const portableFormat = "clawd-policy-2";

/** A value as it is, or a container with the places of what is in it; maps and records: a key, its value, and so on. */
export type Written = readonly ["value", unknown] | readonly ["list" | "set" | "map" | "record", ...number[]];
