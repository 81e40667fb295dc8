/** Findings with their places in the config. */
import { formatPath, type ConfigPath } from "../config-path.ts";
import type { RuleReference } from "../decision.ts";
import type { CompileOptions } from "../policy.ts";
import type { Finding, Severity } from "./types.ts";

/** What a config was compiled with. */
export interface LintSource {
  readonly config: unknown;
  readonly options: CompileOptions;
}

export type Found = Pick<Finding, "code" | "severity" | "message" | "hint" | "witness">;

/** Where the key is written, or the nearest thing around it. */
export function findingAt(path: ConfigPath, found: Found, { options }: LintSource): Finding {
  for (let length = path.length; length > 0; length--) {
    const position = options.locate?.(path.slice(0, length));
    if (position === undefined) continue;
    const { file, line, column } = position;
    return { ...found, path: formatPath(path), file, line, column };
  }
  return { ...found, path: formatPath(path) };
}

/** The rule that would have to be changed. */
export const findingBy = ({ path, file, line, column }: RuleReference, found: Found): Finding => ({
  ...found,
  path,
  ...(file !== undefined && { file }),
  ...(line !== undefined && { line }),
  ...(column !== undefined && { column }),
});

const severities: readonly Severity[] = ["danger", "warning", "note"];

export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const rank = ({ severity }: Finding) => severities.indexOf(severity);
  const place = ({ path, code }: Finding) => `${path} ${code}`;
  return [...findings].sort((a, b) => rank(a) - rank(b) || (place(a) < place(b) ? -1 : 1));
}
