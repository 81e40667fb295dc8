/**
 * One issue of a schema in plain words. Values are never repeated: the one in the wrong place may be a token.
 * A schema's own check may give `params: { code, hint }` to its custom issue; both are passed on.
 */
import { formatPath, nearestName, type Issue, type PathSegment } from "@clawd/kernel";
import type { z } from "zod";
import { locateKey, locateValue, nodeAt, type ConfigNode } from "./node.ts";

export type SchemaIssue = z.core.$ZodIssue;
export type KnownKeys = (issue: SchemaIssue) => readonly string[];

interface Words {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** `prefix`: the path that the issue's own path continues. */
export function translateIssue(
  issue: SchemaIssue,
  root: ConfigNode,
  knownKeys: KnownKeys,
  prefix: readonly PathSegment[] = [],
): readonly Issue[] {
  const path = [...prefix, ...(issue.path as PathSegment[])];
  const atKey = (keyPath: readonly PathSegment[], words: Words): Issue => ({
    ...words,
    path: formatPath(keyPath),
    ...locateKey(root, keyPath),
  });
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(issue);
    return issue.keys.map((key) => atKey([...path, key], unknownKey(key, known)));
  }
  if (issue.code === "invalid_key") return [atKey(path, badKey(issue.issues[0]))];
  if (issue.code === "invalid_union") {
    const branch = closestBranch(issue.errors, nodeAt(root, path));
    if (branch !== undefined) return branch.flatMap((inner) => translateIssue(inner, root, knownKeys, path));
    return [{ ...unionWords(issue), path: formatPath(path), ...locateValue(root, path) }];
  }
  // A missing key has no place of its own: the object that lacks it has.
  const place = locateValue(root, path) ?? locateValue(root, path.slice(0, -1));
  return [{ ...wordsFor(issue, nodeAt(root, path)), path: formatPath(path), ...place }];
}

export function unknownKey(key: string, known: readonly string[]): Words {
  const near = nearestName(key, known);
  const list =
    known.length > 0 && known.length <= 40 ? `Known keys here: ${known.join(", ")}.` : "Remove it.";
  return {
    code: "unknown-key",
    message: `Unknown key ${JSON.stringify(key.length > 64 ? `${key.slice(0, 64)}…` : key)}.`,
    hint: near === undefined ? list : `Did you mean ${near}?`,
  };
}

function badKey(issue: SchemaIssue | undefined): Words {
  const words = issue === undefined ? undefined : wordsFor(issue, undefined);
  return {
    code: words?.code === "wrong-form" ? "bad-key" : (words?.code ?? "bad-key"),
    message: words?.message ?? "This key has the wrong form.",
    hint: words?.hint ?? "Write the key as the documentation shows.",
  };
}

/** The alternative that the writer most likely meant; undefined when the value has the form of none. */
function closestBranch(
  branches: readonly (readonly SchemaIssue[])[],
  node: ConfigNode | undefined,
): readonly SchemaIssue[] | undefined {
  const fitting = branches.filter((branch) => !branch.some(isWrongAsWhole));
  if (fitting.length > 0) return fitting.toSorted((a, b) => a.length - b.length)[0];
  const isText = node?.kind === "scalar" && typeof node.value === "string";
  const lists = branches.filter((branch) => branch.every(({ code }) => code === "invalid_value"));
  return isText && lists.length === 1 ? lists[0] : undefined;
}

function isWrongAsWhole({ code, path }: SchemaIssue): boolean {
  return path.length === 0 && (code === "invalid_type" || code === "invalid_value");
}

function unionWords(issue: SchemaIssue & { readonly code: "invalid_union" }): Words {
  const forms = issue.errors.flat().flatMap((inner) => {
    if (inner.code === "invalid_type") return [article(inner.expected)];
    return inner.code === "invalid_value" ? inner.values.map((value) => JSON.stringify(value)) : [];
  });
  const list = [...new Set(forms)].join(" or ");
  return {
    code: "wrong-type",
    message: list === "" ? "This has none of the forms allowed here." : `This must be ${list}.`,
    hint: list === "" ? "Write it as the documentation shows." : `Write ${list}.`,
  };
}

function wordsFor(issue: SchemaIssue, node: ConfigNode | undefined): Words {
  if (issue.code === "invalid_type") return wrongType(issue.expected, node);
  if (issue.code === "invalid_value") return wrongWord(issue.values.map(String), node);
  if (issue.code === "too_small" || issue.code === "too_big")
    return { code: "out-of-range", ...rangeWords(issue) };
  if (issue.code !== "custom") {
    return {
      code: "wrong-form",
      message: sentence(issue.message),
      hint: "Write it as the documentation shows.",
    };
  }
  const { code, hint } = (issue.params ?? {}) as { readonly code?: unknown; readonly hint?: unknown };
  return {
    code: typeof code === "string" ? code : "invalid-value",
    message: sentence(issue.message),
    hint: typeof hint === "string" ? hint : "Write it as the documentation shows.",
  };
}

function wrongType(expected: string, node: ConfigNode | undefined): Words {
  if (node === undefined) {
    return {
      code: "missing-key",
      message: "This key is missing.",
      hint: `Add it: it is ${article(expected)}.`,
    };
  }
  const found = typeNameOf(node);
  const quoted = expected === "string" && (found === "number" || found === "boolean");
  const unquoted =
    found === "string" && (expected === "number" || expected === "boolean" || expected === "int");
  const list = expected === "array";
  return {
    code: "wrong-type",
    message: `This must be ${article(expected)}, not ${article(found)}.`,
    hint: quoted
      ? "Put quotes around it."
      : unquoted
        ? "Write it without quotes."
        : list
          ? "Put it in [ and ]."
          : `Write ${article(expected)}.`,
  };
}

function wrongWord(words: readonly string[], node: ConfigNode | undefined): Words {
  const list = words.map((word) => JSON.stringify(word)).join(", ");
  const written = node?.kind === "scalar" && typeof node.value === "string" ? node.value : undefined;
  const near = written === undefined ? undefined : nearestName(written, words);
  return {
    code: node === undefined ? "missing-key" : "unknown-word",
    message: words.length === 1 ? `This must be ${list}.` : `This must be one of ${list}.`,
    hint:
      near === undefined
        ? `Write ${words.length === 1 ? list : "one of these words"}.`
        : `Did you mean ${JSON.stringify(near)}?`,
  };
}

function rangeWords(issue: SchemaIssue & { readonly code: "too_small" | "too_big" }): Omit<Words, "code"> {
  const small = issue.code === "too_small";
  const bound = Number(small ? issue.minimum : issue.maximum);
  const limit = `${small ? "at least" : "at most"} ${issue.inclusive === false ? `(but not) ${bound}` : bound}`;
  const unit =
    issue.origin === "string"
      ? " characters"
      : issue.origin === "array" || issue.origin === "set"
        ? " entries"
        : "";
  const verb = unit === "" ? "be" : "have";
  return {
    message: `This must ${verb} ${limit}${unit}.`,
    hint: `Write ${unit === "" ? "a number of " : ""}${limit}${unit}.`,
  };
}

function typeNameOf(node: ConfigNode): string {
  if (node.kind !== "scalar") return node.kind;
  if (node.value === null) return "null";
  if (typeof node.value === "number" && !Number.isFinite(node.value)) return "nan";
  return typeof node.value;
}

const typeNames: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "an object { … }",
  record: "an object { … }",
  array: "a list [ … ]",
  tuple: "a list [ … ]",
  null: "null",
  nan: "NaN or Infinity",
  never: "left out",
  undefined: "left out",
};

function article(type: string): string {
  return typeNames[type] ?? type;
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
