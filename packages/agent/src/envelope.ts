/**
 * A person's message as the model reads it: who and when as clean labels, other people's words as data, and the person's
 * own words last, unaltered. Commands were found in the raw text before; nothing is parsed out of this again.
 */
import type { Boundary } from "./boundary.ts";
import { asLabel } from "./label.ts";

export interface SpokenLine {
  readonly senderName: string | null;
  readonly senderId: string | null;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  readonly text: string;
}

export interface EnvelopeInput extends SpokenLine {
  readonly boundary: Boundary;
  readonly isGroup: boolean;
  /** What was said in the group since the last answer. */
  readonly context: readonly SpokenLine[];
  readonly replyTo: { readonly senderName: string | null; readonly text: string } | null;
  /** Kinds and names of files that came with it. */
  readonly attachments: readonly { readonly kind: string; readonly name: string | null }[];
}

export function envelope(input: EnvelopeInput): string {
  const { boundary, context, replyTo } = input;
  const head = input.isGroup ? `${speaker(input)}, ${minute(input.sentAt)}:` : `${minute(input.sentAt)}:`;
  const parts = [
    context.length > 0 ? boundary.wrap("earlier in this group", context.map(lineOf).join("\n")) : "",
    replyTo === null
      ? ""
      : boundary.wrap(`quoted from ${asLabel(replyTo.senderName, "somebody")}`, replyTo.text),
    input.attachments.length > 0
      ? boundary.wrap("files that came with it, not opened", input.attachments.map(fileOf).join("\n"))
      : "",
    `${head}\n${boundary.clean(input.text)}`,
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function speaker({ senderName, senderId }: SpokenLine): string {
  return `${asLabel(senderName, "somebody")} (${asLabel(senderId, "no id")})`;
}

function lineOf(line: SpokenLine): string {
  return `${minute(line.sentAt)} ${speaker(line)}: ${line.text.replaceAll("\n", "\n  ")}`;
}

function fileOf({ kind, name }: { readonly kind: string; readonly name: string | null }): string {
  return `${kind}: ${asLabel(name, "unnamed")}`;
}

/** UTC, to the minute. A time that is none gives the beginning of all. */
function minute(milliseconds: number): string {
  const date = new Date(
    Number.isFinite(milliseconds) && Math.abs(milliseconds) <= 8.64e15 ? milliseconds : 0,
  );
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
