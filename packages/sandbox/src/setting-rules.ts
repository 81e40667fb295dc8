/** Which of two values of a setting gives more. What no rule can compare is a change, and a change counts as more. */
import { createHash } from "node:crypto";
import type { SettingChange } from "@clawd/kernel";

/** A part of a setting that differs; `entry` names which, where there are several. */
export interface Difference {
  readonly direction: SettingChange["direction"];
  readonly before: string;
  readonly after: string;
  readonly entry?: string;
  readonly seal?: string;
}

export type Rule<Value> = (before: Value, after: Value) => readonly Difference[];

export const nothing = "–";
const longestText = 200;

/** Any other value is another one: an image, a path, a command. */
export const exactly =
  <Value>(text: (value: Value) => string = shown): Rule<Value> =>
  (before, after) =>
    canonical(before) === canonical(after) ? [] : [differ("changes", before, after, text)];

/** A limit: less is narrower. */
export const atMost =
  (text: (value: number) => string = shown): Rule<number> =>
  (before, after) =>
    limited(before, after, Number, text);

/** Hours after which something is taken away; 0 is never, the most there is. */
export const atMostHours: Rule<number> = (before, after) =>
  limited(before, after, (hours) => (hours === 0 ? Infinity : hours), shown);

function limited(
  before: number,
  after: number,
  size: (value: number) => number,
  text: (value: number) => string,
): readonly Difference[] {
  if (Object.is(before, after)) return [];
  const [was, is] = [size(before), size(after)];
  const direction = is < was ? "narrows" : is > was ? "widens" : "changes";
  return [differ(direction, before, after, text)];
}

/** Words from the narrowest to the widest. */
export const inOrder =
  <Value>(...words: readonly Value[]): Rule<Value> =>
  (before, after) => {
    if (before === after) return [];
    const [was, is] = [words.indexOf(before), words.indexOf(after)];
    const isKnown = was >= 0 && is >= 0;
    return [differ(isKnown ? (is < was ? "narrows" : "widens") : "changes", before, after)];
  };

/** `text` must tell values apart, or leave it to the seal. */
export function differ<Value>(
  direction: SettingChange["direction"],
  before: Value,
  after: Value,
  text: (value: Value) => string = shown,
): Difference {
  const [was, is] = [text(before), text(after)];
  const isWhole = was.length <= longestText && is.length <= longestText && text === shown;
  return {
    direction,
    before: cut(was),
    after: cut(is),
    ...(!isWhole && { seal: digestOf([before, after]) }),
  };
}

const shown = (value: unknown): string =>
  value === undefined || value === null ? nothing : typeof value === "string" ? value : canonical(value);

/** Of a value that is compared and not shown. */
const digestOf = (value: unknown): string =>
  createHash("sha256").update(canonical(value)).digest("hex").slice(0, 32);

const cut = (text: string): string => (text.length > longestText ? `${text.slice(0, longestText)}…` : text);

/** One text for each value: names in order, lists as they are. What JSON has no word for has its own. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const names = Object.keys(value).toSorted();
    const entries = names.map((name) => `${JSON.stringify(name)}:${canonical((value as never)[name])}`);
    return `{${entries.join(",")}}`;
  }
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
