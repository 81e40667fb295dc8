/** Findings for people: danger first. */
import type { Finding } from "./types.ts";

export function linesOfLint(findings: readonly Finding[]): readonly string[] {
  if (findings.length === 0) return ["Nothing found."];
  return findings.flatMap(({ severity, code, message, hint, path, file, line, column }) => {
    const at =
      file === undefined ? path : [file, line, column].filter((part) => part !== undefined).join(":");
    return [`${severity}: ${message} (${code}, ${at})`, `  ${hint}`];
  });
}
