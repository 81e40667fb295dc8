/**
 * What an owner is shown of a call, and what their answer is bound to. INVARIANT: two calls that differ in a byte, in the place,
 * the session or the one who asks have different digests, and nothing in the text can pass for another line of it
 * (approval-call.test.ts).
 */
import { createHash } from "node:crypto";
import type { PlacedCall } from "./tool-call.ts";

/** Names of the exact call. */
export function digestOf(call: PlacedCall): string {
  const { event, agent, session, tool, input, runIn } = call;
  const bound = {
    tool,
    input,
    agent,
    session,
    place: runIn,
    asker: [event.provider, event.account, event.sender.id],
    chat: [event.chat.kind, event.chat.id, event.chat.thread],
  };
  return createHash("sha256").update(canonical(bound)).digest("hex");
}

/** Keys in order, so that the same call has the same text; strings as JSON has them, so that every byte counts. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry)}`).join(",")}}`;
}

/** Characters of a call that can be shown whole; a longer one is not asked about. */
export const longestShown = 12_000;

/** The text that owners read; null when it is too long to be read. */
export function shownTo(call: PlacedCall): string | null {
  const { event, tool, input, agent, session, runIn } = call;
  const { command, ...rest } = Object(input) as Record<string, unknown>;
  const lines = [
    `${personOf(call)} asks to use ${visible(tool)} ${runIn.place === "host" ? "on this machine, outside the sandbox" : `in the ${runIn.place}`}.`,
    ...(typeof command === "string" ? ["Command:", ...quoted(command)] : []),
    ...(Object.keys(rest).length > 0 ? ["With:", ...quoted(JSON.stringify(rest, null, 1))] : []),
    `Agent ${visible(agent)}, session ${visible(session)}, from ${visible(`${event.provider} ${event.chat.kind} ${event.chat.id}`)}.`,
  ];
  const text = lines.join("\n");
  return text.length > longestShown ? null : text;
}

function personOf({ event }: PlacedCall): string {
  const { id, name } = event.sender;
  return `${visible(`${event.provider}:${id ?? "unknown"}`)}${name === null ? "" : ` ("${visible(name).slice(0, 60)}")`}`;
}

/** Each line stands behind a bar, so that none of it looks like ours. */
const quoted = (text: string): readonly string[] => text.split("\n").map((line) => `| ${visible(line)}`);

/** What is not seen, or turns the text around, is written as its code; a backslash too, so that a code cannot be imitated. */
function visible(text: string): string {
  return text.replaceAll(hidden, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

const hidden = /[\\\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]|(?! )\p{Zs}|\p{M}/gu;
