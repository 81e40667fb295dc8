/** A config against its schema: the frozen value, or every problem at once with place and hint. */
import { formatPath, type Issue, type PathSegment, type Result } from "@clawd/kernel";
import type { z } from "zod";
import { freezeConfig } from "./freeze.ts";
import { locateKey, valueOf, type ConfigNode } from "./node.ts";
import { translateIssue, unknownKey, type SchemaIssue } from "./schema-issue.ts";

/** A zod type; this package only calls it. */
export type ConfigSchema<Value> = z.ZodType<Value>;

/** More problems than a person reads at a time; a hostile file must not cost a megabyte of hints. */
const maximumIssues = 500;

export function validate<Value>(root: ConfigNode, schema: ConfigSchema<Value>): Result<Value> {
  const shapes = new WeakMap<object, readonly string[]>();
  const parsed = schema.safeParse(valueOf(root), {
    // Called for each issue while the schema that raised it is at hand; afterwards only the issue is left.
    error: (raw) => {
      if (raw.code === "unrecognized_keys") shapes.set(raw.keys, keysOf(raw.inst));
      return undefined;
    },
  });
  const issues = [...prototypeKeys(root)];
  const reported = new Set(issues.map(({ path }) => path));
  const knownKeys = (issue: SchemaIssue) => ("keys" in issue ? (shapes.get(issue.keys) ?? []) : []);
  for (const issue of parsed.error?.issues ?? []) {
    if (issues.length >= maximumIssues) break;
    issues.push(...translateIssue(issue, root, knownKeys).filter(({ path }) => !reported.has(path)));
  }
  if (issues.length > 0) return { ok: false, issues: capped(issues) };
  if (!parsed.success) throw new TypeError("A schema refused a value without naming an issue.");
  return { ok: true, value: freezeConfig(parsed.data), warnings: [] };
}

/**
 * INVARIANT: `__proto__` is an unknown key wherever it stands, maps of free names included, which schemas skip over in silence
 * (proved in load.test.ts, "answers __proto__ anywhere as an unknown key").
 */
function prototypeKeys(root: ConfigNode): readonly Issue[] {
  const issues: Issue[] = [];
  const path: PathSegment[] = [];
  const visit = (node: ConfigNode) => {
    if (node.kind === "scalar") return;
    const children = node.kind === "array" ? node.elements.entries() : node.members.entries();
    for (const [segment, child] of children) {
      path.push(segment);
      if (segment === "__proto__") {
        issues.push({ ...unknownKey(segment, []), path: formatPath(path), ...locateKey(root, path) });
      } else visit("value" in child && "key" in child ? child.value : child);
      path.pop();
    }
  };
  visit(root);
  return issues;
}

function keysOf(schema: unknown): readonly string[] {
  const shape = (schema as { readonly _zod?: { readonly def?: { readonly shape?: unknown } } } | undefined)
    ?._zod?.def?.shape;
  return typeof shape === "object" && shape !== null ? Object.keys(shape) : [];
}

function capped(issues: readonly Issue[]): readonly Issue[] {
  if (issues.length <= maximumIssues) return issues;
  return [
    ...issues.slice(0, maximumIssues),
    {
      code: "more-issues",
      path: "",
      message: `There are more than ${maximumIssues} problems; the rest is left out.`,
      hint: "Check that this is the right file.",
    },
  ];
}
