/** A report as a person reads it. */
import type { Finding, Report, Severity } from "./finding.ts";

const headings: Readonly<Record<Severity, string>> = {
  critical: "CRITICAL",
  warn: "WARNING",
  info: "NOTE",
};

/** Several lines, without a newline at the end. */
export function printReport({ summary, findings }: Report): string {
  const { critical, warn, info } = summary;
  const lines = findings.flatMap(({ severity, checkId, title, detail, remediation }: Finding) => [
    `${headings[severity]}  ${title}  [${checkId}]`,
    `    ${detail}`,
    `    → ${remediation}`,
  ]);
  return [...lines, `${critical} critical, ${warn} warnings, ${info} notes`].join("\n");
}
