/** What a check says, and all of it together. */

export type Severity = "critical" | "warn" | "info";

/** A repair that takes rights away, or makes or removes what is ours alone; there is no other kind. */
export type Fix =
  /** Takes away the bits that `mode` does not have; adds none. */
  | { readonly kind: "chmod"; readonly path: string; readonly mode: number }
  /** Makes the directory, 0700. */
  | { readonly kind: "mkdir"; readonly path: string }
  /** Builds an image of ours on the engine. */
  | { readonly kind: "build-image"; readonly image: "sandbox" | "browser" }
  /** Removes containers of this installation, by their ids. */
  | { readonly kind: "remove-containers"; readonly containers: readonly string[] };

export interface Finding {
  /** Stable, for scripts: `fs.state_dir.perms_readable`. */
  readonly checkId: string;
  readonly severity: Severity;
  readonly title: string;
  /** What was found, with paths and counts; no secret, no person's id. */
  readonly detail: string;
  /** What to do about it. */
  readonly remediation: string;
  /** Absent when only a person can repair it. */
  readonly fix?: Fix;
}

export interface Report {
  readonly summary: Readonly<Record<Severity, number>>;
  /** The gravest first. */
  readonly findings: readonly Finding[];
}

const order: readonly Severity[] = ["critical", "warn", "info"];

export function reportOf(findings: readonly Finding[]): Report {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const rank = (finding: Finding) => order.indexOf(finding.severity);
  return {
    summary: { critical: count("critical"), warn: count("warn"), info: count("info") },
    findings: [...findings].sort((a, b) => rank(a) - rank(b) || compare(a.checkId, b.checkId)),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
