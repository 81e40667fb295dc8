/**
 * Sets one value in a JSON5 text and leaves every other character, comments included, where it is.
 * The outcome is parsed again and compared: a text that would not say exactly what was asked for is never returned.
 */
import { isDeepStrictEqual } from "node:util";
import { formatPath, type PathSegment, type Result } from "@clawd/kernel";
import type { MemberNode, ObjectNode, ValueNode } from "@humanwhocodes/momoa";
import { indentAt, insertEntry, type Edit } from "./insert-entry.ts";
import { parseJson5 } from "./json5.ts";
import type { JsonValue } from "./json-value.ts";
import { valueOf } from "./node.ts";
import { removeEntry } from "./remove-entry.ts";
import { parseText } from "./parse.ts";
import { printKey, printValue } from "./print-value.ts";
import { sourceOf } from "./source.ts";

/**
 * `text` with `value` at `path`; missing objects on the way are made. A number as last segment names an element of a
 * list, the list's length appends. An empty text counts as `{}`.
 * Issues: whatever is wrong with `text`, or `cannot-set` where a value on the way is no object.
 */
export function setInConfig(text: string, path: readonly PathSegment[], value: JsonValue): Result<string> {
  const original = text.trim() === "" ? "{}\n" : text;
  const before = parseText(sourceOf("", original));
  if (!before.ok) return before;
  const edits = editsFor(parseJson5(original).body, original, path, value);
  const edited = edits === undefined ? undefined : applied(original, edits);
  if (edited === undefined || !says(edited, withValue(valueOf(before.value), path, value)))
    return cannotSet(path);
  return { ok: true, value: edited, warnings: [] };
}

/**
 * `text` without the entry at `path`, whose last segment is a key of an object. One that is not there is not missed.
 * Issues: whatever is wrong with `text`, or `cannot-set` where a value on the way is no object.
 */
export function removeInConfig(text: string, path: readonly PathSegment[]): Result<string> {
  const before = parseText(sourceOf("", text));
  if (!before.ok) return before;
  let node: ValueNode | undefined = parseJson5(text).body;
  for (const segment of path.slice(0, -1)) node = node && childOf(node, segment);
  if (node?.type !== "Object") return cannotSet(path);
  const index = node.members.findIndex(({ name }) => keyOf(name) === path.at(-1));
  if (index < 0) return { ok: true, value: text, warnings: [] };
  const edited = applied(text, removeEntry(text, node, index));
  if (!says(edited, withoutValue(valueOf(before.value), path))) return cannotSet(path);
  return { ok: true, value: edited, warnings: [] };
}

/** Undefined where `path` leads through something that is neither object nor list. */
function editsFor(
  root: ValueNode,
  text: string,
  path: readonly PathSegment[],
  value: JsonValue,
): readonly Edit[] | undefined {
  const quoted = root.type === "Object" && isQuoted(root);
  let node: ValueNode = root;
  for (const [index, segment] of path.entries()) {
    const child = childOf(node, segment);
    if (child !== undefined) {
      node = child;
      continue;
    }
    const nested = nest(path.slice(index + 1), value);
    if (nested === undefined) return undefined;
    if (node.type === "Object" && typeof segment === "string") {
      const key = printKey(segment, node.members.length === 0 ? quoted : isQuoted(node));
      return insertEntry(text, node, (indent) => `${key}: ${printValue(nested.value, indent, quoted)}`);
    }
    if (node.type === "Array" && segment === node.elements.length) {
      return insertEntry(text, node, (indent) => printValue(nested.value, indent, quoted));
    }
    return undefined;
  }
  const [start, end] = node.range!;
  return [{ start, end, text: printValue(value, indentAt(text, start), quoted) }];
}

function childOf(node: ValueNode, segment: PathSegment): ValueNode | undefined {
  if (node.type === "Object") return node.members.find(({ name }) => keyOf(name) === segment)?.value;
  if (node.type === "Array" && typeof segment === "number") return node.elements[segment]?.value;
  return undefined;
}

function keyOf(name: MemberNode["name"]): string {
  return name.type === "String" ? name.value : name.name;
}

/** `["a", "b"]` and 1 → `{ a: { b: 1 } }`; a list is made only for its first element. */
function nest(path: readonly PathSegment[], value: JsonValue): { readonly value: JsonValue } | undefined {
  let nested = value;
  for (const segment of path.toReversed()) {
    if (typeof segment === "number" && segment !== 0) return undefined;
    nested = typeof segment === "number" ? [nested] : { [segment]: nested };
  }
  return { value: nested };
}

function isQuoted(node: ObjectNode): boolean {
  return node.members[0]?.name.type === "String";
}

function applied(text: string, edits: readonly Edit[]): string {
  return edits
    .toReversed()
    .reduce((edited, { start, end, text: put }) => edited.slice(0, start) + put + edited.slice(end), text);
}

function says(text: string, wanted: unknown): boolean {
  const after = parseText(sourceOf("", text));
  return after.ok && isDeepStrictEqual(plain(valueOf(after.value)), plain(wanted));
}

function withValue(whole: unknown, path: readonly PathSegment[], value: JsonValue): unknown {
  const [segment, ...rest] = path;
  if (segment === undefined) return value;
  if (Array.isArray(whole) || (whole === undefined && typeof segment === "number")) {
    const list: unknown[] = [...((whole as unknown[] | undefined) ?? [])];
    list[Number(segment)] = withValue(list[Number(segment)], rest, value);
    return list;
  }
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [key, entry] of Object.entries((whole ?? {}) as object)) copy[key] = entry;
  copy[segment] = withValue(copy[segment], rest, value);
  return copy;
}

function withoutValue(whole: unknown, [segment, ...rest]: readonly PathSegment[]): unknown {
  if (Array.isArray(whole))
    return whole.map((entry: unknown, index) => (index === segment ? withoutValue(entry, rest) : entry));
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [key, entry] of Object.entries((whole ?? {}) as object))
    if (key !== segment) copy[key] = entry;
    else if (rest.length > 0) copy[key] = withoutValue(entry, rest);
  return copy;
}

/** One kind of object for the comparison; entries, so that the order of keys does not count and `__proto__` does. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return new Map(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
}

function cannotSet(path: readonly PathSegment[]): Result<never> {
  return {
    ok: false,
    issues: [
      {
        code: "cannot-set",
        path: formatPath(path),
        message: "This key cannot be set in the file as it is written.",
        hint: "Set it by hand: a value on the way to it is not an object or list.",
      },
    ],
  };
}
