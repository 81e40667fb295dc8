/** JSON5 text to a tree with positions. Any text gives a tree or issues, never a throw. */
import { formatPath, type Issue, type PathSegment, type Result } from "@clawd/kernel";
import type { IdentifierNode, NumberNode, StringNode, ValueNode } from "@humanwhocodes/momoa";
import { isNumber, parseJson5, runsOverLine } from "./json5.ts";
import type { ConfigNode, Member } from "./node.ts";
import type { Source } from "./source.ts";
import { badNumber, openString, syntaxIssue } from "./syntax-issue.ts";

/** No honest config comes near these; a hostile one must not cost more. */
export const maximumDepth = 64;
export const maximumLength = 1024 * 1024;

export function parseText(source: Source): Result<ConfigNode> {
  if (source.text.length > maximumLength) {
    return failure({
      code: "too-large",
      path: "",
      message: `The file has more than ${maximumLength} characters.`,
      hint: "Check that this is the right file; a config has a few kilobytes.",
      file: source.file,
    });
  }
  let body: ValueNode;
  try {
    body = parseJson5(source.text).body;
  } catch (thrown) {
    // The parser recurses: only a file nested thousands deep ends its stack.
    if (thrown instanceof RangeError) return failure(tooDeep(source, 0));
    return failure(syntaxIssue(source, thrown));
  }
  const issues: Issue[] = [];
  const value = convert(body, [], { source, issues });
  return issues.length > 0 ? { ok: false, issues } : { ok: true, value, warnings: [] };
}

interface Conversion {
  readonly source: Source;
  readonly issues: Issue[];
}

/** `path` is restored on return. */
function convert(node: ValueNode, path: PathSegment[], context: Conversion): ConfigNode {
  const { source, issues } = context;
  const [offset] = node.range!;
  switch (node.type) {
    case "Object":
    case "Array":
      if (path.length >= maximumDepth) {
        issues.push(tooDeep(source, offset));
        return { kind: "scalar", value: null, source, offset };
      }
      if (node.type === "Object") return convertObject(node.members, offset, path, context);
      return {
        kind: "array",
        elements: node.elements.map((element, index) => below(index, element.value, path, context)),
        source,
        offset,
      };
    case "Null":
      return { kind: "scalar", value: null, source, offset };
    case "NaN":
      return { kind: "scalar", value: Number.NaN, source, offset };
    case "Infinity":
      return { kind: "scalar", value: node.sign === "-" ? -Infinity : Infinity, source, offset };
    case "String":
      checkLine(node, context);
      return { kind: "scalar", value: node.value, source, offset };
    case "Number":
      checkNumber(node, path, context);
      return { kind: "scalar", value: node.value, source, offset };
    case "Boolean":
      return { kind: "scalar", value: node.value, source, offset };
  }
}

function convertObject(
  members: readonly { readonly name: StringNode | IdentifierNode; readonly value: ValueNode }[],
  offset: number,
  path: PathSegment[],
  context: Conversion,
): ConfigNode {
  const { source, issues } = context;
  const converted = new Map<string, Member>();
  for (const { name, value } of members) {
    if (name.type === "String") checkLine(name, context);
    const key = name.type === "String" ? name.value : name.name;
    const keyOffset = name.range![0];
    const earlier = converted.get(key);
    if (earlier !== undefined) {
      issues.push({
        code: "duplicate-key",
        path: formatPath([...path, key]),
        message: `This key was given before, on line ${source.positionAt(earlier.key.offset).line}.`,
        hint: "Keep one of the two.",
        ...source.positionAt(keyOffset),
      });
      continue;
    }
    converted.set(key, { key: { source, offset: keyOffset }, value: below(key, value, path, context) });
  }
  return { kind: "object", members: converted, source, offset };
}

function below(segment: PathSegment, node: ValueNode, path: PathSegment[], context: Conversion): ConfigNode {
  path.push(segment);
  const value = convert(node, path, context);
  path.pop();
  return value;
}

/** The parser lets a string run over the end of its line, which JSON5 forbids: a forgotten quote would swallow other keys. */
function checkLine({ range }: StringNode, { source, issues }: Conversion): void {
  if (runsOverLine(source.text.slice(...range!))) issues.push(openString(source, range![0]));
}

function checkNumber(
  { range, value }: NumberNode,
  path: readonly PathSegment[],
  { source, issues }: Conversion,
): void {
  const token = source.text.slice(...range!);
  if (!isNumber(token)) issues.push(badNumber(source, range![0]));
  else if (/^[+-]?\d+$/.test(token) && !Number.isSafeInteger(value)) {
    issues.push({
      code: "number-precision",
      path: formatPath(path),
      message: "This number has more digits than a number keeps.",
      hint: "Put quotes around it: ids are strings.",
      ...source.positionAt(range![0]),
    });
  }
}

function tooDeep(source: Source, offset: number): Issue {
  return {
    code: "too-deep",
    path: "",
    message: `Objects and lists are nested more than ${maximumDepth} deep.`,
    hint: "Check the brackets; no config key lies that deep.",
    ...source.positionAt(offset),
  };
}

function failure(issue: Issue): { readonly ok: false; readonly issues: readonly Issue[] } {
  return { ok: false, issues: [issue] };
}
