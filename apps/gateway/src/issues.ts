/** Problems of the config as people read them. */
import type { Issue } from "@clawd/kernel";
import { printError } from "./cli.ts";

/** Each problem with its place and its remedy, on stderr. */
export function printIssues(issues: readonly Issue[]): void {
  for (const { severity, path, message, hint, file, line, column } of issues) {
    const place = [file, line, column].filter((part) => part !== undefined).join(":");
    printError(`${severity === "warning" ? "warning" : "error"}: ${[place, path].filter(Boolean).join(" ")}`);
    printError(`  ${message}`);
    printError(`  Hint: ${hint}`);
  }
}
