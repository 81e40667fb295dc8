/**
 * A person's message as the model reads it: who and when as clean labels behind a marker nobody can imitate, other people's
 * words as data, and the person's own words last. Commands were found in the raw text before; nothing is parsed out of this again.
 * INVARIANT: no name, quote, earlier message or file name stands outside a block of data, and the person's own words begin
 * after the only head line (envelope.test.ts).
 */
import type { Boundary } from "./boundary.ts";
import { asLabel, bounded } from "./label.ts";

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
  /** What was said in the group since the last answer, oldest first. */
  readonly context: readonly SpokenLine[];
  readonly replyTo: { readonly senderName: string | null; readonly text: string } | null;
  /** Files that came with it: what they are, and what became of each in the gateway's own words. Absent: not opened. */
  readonly attachments: readonly {
    readonly kind: string;
    readonly name: string | null;
    readonly fate?: string;
  }[];
}

/** Characters of one earlier message, of a quote, and of all earlier messages together; files that are named. */
const longest = { line: 2000, quote: 4000, context: 24_000, files: 20 };

export function envelope(input: EnvelopeInput): string {
  const { boundary, replyTo, attachments } = input;
  const context = contextOf(input.context);
  const files = attachments.slice(0, longest.files).map(fileOf);
  const parts = [
    context === "" ? "" : boundary.wrap("earlier in this group", context),
    replyTo === null
      ? ""
      : boundary.wrap(
          `quoted from ${asLabel(replyTo.senderName, "somebody")}`,
          bounded(replyTo.text, longest.quote),
        ),
    files.length > 0 ? boundary.wrap("files that came with it", files.join("\n")) : "",
    `${headOf(input)}\n${boundary.clean(input.text)}`,
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

/** In a direct message the speaker is the one person there is, and a name would only invite belief in it. */
function headOf(input: EnvelopeInput): string {
  const speaker = input.isGroup ? speakerOf(input) : "the person you talk with";
  return input.boundary.head(speaker, minute(input.sentAt));
}

/** The newest lines that fit. */
function contextOf(lines: readonly SpokenLine[]): string {
  const kept: string[] = [];
  let size = 0;
  for (const line of lines.toReversed()) {
    const written = lineOf(line);
    size += written.length;
    if (size > longest.context) break;
    kept.unshift(written);
  }
  return kept.join("\n");
}

/** Names repeat and change; the id behind one tells two people of one name apart. */
function speakerOf({ senderName, senderId }: SpokenLine): string {
  return `${asLabel(senderName, "somebody")} (${asLabel(senderId, "no id")})`;
}

/** Further lines of a text are set in, so that none looks like another message. */
function lineOf(line: SpokenLine): string {
  const text = bounded(line.text, longest.line).replaceAll(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/g, "\n    ");
  return `${minute(line.sentAt)} ${speakerOf(line)}: ${text}`;
}

function fileOf({ kind, name, fate = "not opened" }: EnvelopeInput["attachments"][number]): string {
  return `${asLabel(kind, "file")} "${asLabel(name, "unnamed", 120)}": ${asLabel(fate, "", 300)}`;
}

/** UTC, to the minute. A time that is none gives the beginning of all. */
function minute(milliseconds: number): string {
  const date = new Date(
    Number.isFinite(milliseconds) && Math.abs(milliseconds) <= 8.64e15 ? milliseconds : 0,
  );
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
