/** `${NAME}` in strings becomes the variable's value, `$${NAME}` the literal text. An unset variable is never left as text. */
import { formatPath, type Issue, type PathSegment, type Result } from "@clawd/kernel";
import { positionOf, type ConfigNode, type Member, type ScalarNode } from "./node.ts";
import { matchesPath, type KeyPattern } from "./key-pattern.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface SubstituteOptions {
  readonly environment: Environment;
  /**
   * Keys that are left out, with a warning, when their variable is unset: a network without its token then does not
   * start, and everything that needs no token still works. Absent means none: every unset variable is an error.
   */
  readonly optionalKeys?: readonly KeyPattern[];
}

export interface Substituted {
  readonly node: ConfigNode;
  /** Every variable that was put in, with its value. */
  readonly variables: ReadonlyMap<string, string>;
}

interface Substitution extends SubstituteOptions {
  readonly issues: Issue[];
  readonly warnings: Issue[];
  readonly variables: Map<string, string>;
}

/** Lower-case names match too, to be refused: the literal text of a misspelt variable must not become a token. */
const reference = /(\$?)\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;
const variableName = /^[A-Z_][A-Z0-9_]*$/;

export function substituteVariables(root: ConfigNode, options: SubstituteOptions): Result<Substituted> {
  const substitution: Substitution = { ...options, issues: [], warnings: [], variables: new Map() };
  const node = substitute(root, [], substitution) ?? root;
  const { issues, warnings, variables } = substitution;
  return issues.length > 0 ? { ok: false, issues } : { ok: true, value: { node, variables }, warnings };
}

/** Undefined: the value is to be left out. A part without variables is returned as it is. `path` is restored on return. */
function substitute(
  node: ConfigNode,
  path: PathSegment[],
  substitution: Substitution,
): ConfigNode | undefined {
  if (node.kind === "array") {
    const elements = node.elements.map((element, index) => at(index, element));
    const isSame = elements.every((element, index) => element === node.elements[index]);
    return isSame ? node : { ...node, elements: elements.filter((element) => element !== undefined) };
  }
  if (node.kind === "object") {
    let members: Map<string, Member> | undefined;
    for (const [key, member] of node.members) {
      const value = at(key, member.value);
      if (value === member.value) continue;
      members ??= new Map(node.members);
      if (value === undefined) members.delete(key);
      else members.set(key, { key: member.key, value });
    }
    return members === undefined ? node : { ...node, members };
  }
  return substituteIn(node, path, substitution);

  function at(segment: PathSegment, child: ConfigNode): ConfigNode | undefined {
    path.push(segment);
    const value = substitute(child, path, substitution);
    path.pop();
    return value;
  }
}

function substituteIn(
  node: ScalarNode,
  path: readonly PathSegment[],
  substitution: Substitution,
): ConfigNode | undefined {
  if (typeof node.value !== "string" || !node.value.includes("${")) return node;
  const missing = new Set<string>();
  const value = node.value.replace(reference, (whole: string, escape: string, name: string) => {
    if (escape !== "") return whole.slice(1);
    const found = variableName.test(name) ? variableOf(substitution.environment, name) : undefined;
    if (found === undefined) missing.add(name);
    else substitution.variables.set(name, found);
    return found ?? whole;
  });
  if (missing.size === 0) return { ...node, value };
  return reportMissing([...missing], node, path, substitution);
}

/** Own properties only, so that `${constructor}` finds nothing; empty counts as unset, as in `TOKEN= npm start`. */
function variableOf(environment: Environment, name: string): string | undefined {
  const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
  return value === "" ? undefined : value;
}

function reportMissing(
  names: readonly string[],
  node: ConfigNode,
  path: readonly PathSegment[],
  { optionalKeys = [], issues, warnings }: Substitution,
): undefined {
  const place = { path: formatPath(path), ...positionOf(node) };
  const badName = names.find((name) => !variableName.test(name));
  if (badName !== undefined) {
    issues.push({
      code: "variable-name",
      message: `The name in \${${badName}} is not in capitals.`,
      hint: `Write \${${badName.toUpperCase()}}, or $\${${badName}} for the text itself.`,
      ...place,
    });
    return;
  }
  const problem = {
    code: "unset-variable",
    message: `The environment variable ${names.join(", ")} is not set.`,
    hint: `Set it for the gateway, or write $\${${names[0]}} for the text itself.`,
    ...place,
  };
  if (optionalKeys.some((pattern) => matchesPath(pattern, path))) {
    warnings.push({ ...problem, severity: "warning" });
  } else issues.push(problem);
}
