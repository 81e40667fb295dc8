/** Results and issues: mistakes in what a person wrote are listed, all at once, never thrown. */

/** One mistake in a config, with the place and the remedy. */
export interface Issue {
  /** Stable kebab-case code, for example `unknown-key`. */
  readonly code: string;
  /** Where in the document, as `formatPath` writes it; empty for the whole document. */
  readonly path: string;
  readonly message: string;
  /** What to write instead. */
  readonly hint: string;
  readonly file?: string;
  /** Counted from 1. */
  readonly line?: number;
  /** Counted from 1. */
  readonly column?: number;
  /** Absent means `"error"`; a warning never makes a config invalid. */
  readonly severity?: "error" | "warning";
}

export type Result<Value> =
  | { readonly ok: true; readonly value: Value; readonly warnings: readonly Issue[] }
  | { readonly ok: false; readonly issues: readonly Issue[] };

export type PathSegment = string | number;

const plainKey = /^[A-Za-z_$][\w$]*$/;

/** Writes a path the way people write it in code: `telegram.groups["*"].requireMention`, `bindings[2].agentId`. */
export function formatPath(segments: readonly PathSegment[]): string {
  let path = "";
  for (const segment of segments) {
    if (typeof segment === "number") path += `[${segment}]`;
    else if (!plainKey.test(segment)) path += `[${JSON.stringify(segment)}]`;
    else path += path === "" ? segment : `.${segment}`;
  }
  return path;
}
