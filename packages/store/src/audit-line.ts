/** One audit record as a line for people. */
import type { AuditRecord } from "./audit-record.ts";

/** Number, time, kind, where, who, what was decided and the line of the config that did. */
export function describeRecord(record: AuditRecord): string {
  const { seq, time, kind, provider, chat, sender, effect, code, rules, detail } = record;
  const [rule] = rules;
  const words = (...parts: readonly (string | null | undefined)[]) => parts.filter(Boolean).join(" ");
  const from = sender === null ? "" : ` from ${JSON.stringify(sender)}`;
  const repeated = (detail as { readonly repeated?: unknown } | null)?.repeated;
  return [
    String(seq),
    new Date(time).toISOString(),
    kind,
    `${words(provider, chat && `${chat.kind}:${chat.id}`)}${from}`,
    words(effect, code, typeof repeated === "number" ? `${repeated} times more` : null),
    ...(rule === undefined ? [] : [`${rule.path}${rule.line ? ` (${rule.file}:${rule.line})` : ""}`]),
  ].join("  ");
}
