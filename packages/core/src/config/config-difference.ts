/**
 * The whole difference between two configs: requests that the policy answers otherwise, and settings that let a call reach
 * further. One hash stands for everything of both that gives more (config-difference.test.ts).
 */
import type { SettingChange } from "@clawd/kernel";
import type { Policy } from "@clawd/policy";
import type { PolicyDiff } from "@clawd/policy/analysis";
import { createHash } from "node:crypto";

/** A setting that differs, alike for each of these agents; empty: for everybody. */
export interface SettingDifference extends SettingChange {
  readonly agents: readonly string[];
}

export interface ConfigDifference {
  /** `sha256:…` over all that widens, moves or changes: the same difference has the same hash, and no other has it. */
  readonly hash: string;
  /** Something has to be accepted by an owner. */
  readonly widens: boolean;
  /** For people: what widens first. */
  readonly lines: readonly string[];
  readonly policy: PolicyDiff;
  /** What widens first. */
  readonly settings: readonly SettingDifference[];
}

export async function configDifference(
  before: Policy,
  after: Policy,
  settings: readonly SettingDifference[],
): Promise<ConfigDifference> {
  // A gateway whose config never changes never loads it.
  const { diff, linesOfDiff } = await import("@clawd/policy/analysis");
  const policy = diff(before, after);
  const more = settings.filter(({ direction }) => direction !== "narrows");
  const widens = policy.widens || more.length > 0;
  const hash = more.length === 0 ? policy.hash : hashOf(policy.hash, more);
  const isNothing = policy.changes.length === 0 && settings.length === 0;
  const lines = [
    ...ordered(more).map(lineOf),
    ...(policy.changes.length > 0 ? linesOfDiff(policy).slice(0, -1) : []),
    ...ordered(settings.filter(({ direction }) => direction === "narrows")).map(lineOf),
    isNothing
      ? "No request is decided differently, and no setting reaches further or less far."
      : widens
        ? `Hash of what widens or changes: ${hash}`
        : "Nothing widens.",
  ];
  return { hash, widens, lines, policy, settings: ordered(settings) };
}

function hashOf(policy: string, more: readonly SettingDifference[]): string {
  const essences = more.map(({ direction, key, before, after, seal, agents }) =>
    JSON.stringify([direction, key, before, after, seal ?? null, [...agents].sort()]),
  );
  const text = JSON.stringify([policy, ...essences.sort()]);
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

const heads = { widens: "Widens", changes: "Changes", narrows: "Narrows" } as const;

const ordered = (settings: readonly SettingDifference[]): readonly SettingDifference[] =>
  settings.toSorted((a, b) => rank(a) - rank(b) || (a.key < b.key ? -1 : 1));
const rank = ({ direction }: SettingDifference): number => Object.keys(heads).indexOf(direction);

function lineOf({ direction, key, before, after, agents }: SettingDifference): string {
  const whose = agents.length === 0 ? "" : ` of ${agents.join(", ")}`;
  return `${heads[direction]}: ${key}${whose}: ${before} -> ${after}`;
}
