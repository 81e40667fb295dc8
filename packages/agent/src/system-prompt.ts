/**
 * What the model is told before anybody speaks. The security rules come first and have the last word.
 * INVARIANT: no workspace file, name or title can remove, replace or imitate them (system-prompt.test.ts).
 */
import type { Boundary } from "./boundary.ts";
import { asLabel, bounded } from "./label.ts";
import { lastWord, securityRules } from "./security-rules.ts";

export interface WorkspaceFile {
  readonly name: string;
  readonly content: string;
}

export interface SystemPromptInput {
  readonly boundary: Boundary;
  readonly agentName: string;
  readonly chat: { readonly kind: "dm" | "group" | "channel"; readonly title: string | null };
  readonly authority: "owner" | "listed" | "stranger";
  readonly networkLabel: string;
  /** AGENTS.md, SOUL.md, USER.md and the like, in the order they are to be read. */
  readonly files: readonly WorkspaceFile[];
  /** Names of the tools of this turn. */
  readonly tools: readonly string[];
}

/** Code units of one workspace file that are read; the end of a longer one is left out and said so. */
const fileLength = 20_000;

const standing = {
  owner: "The person speaking is an owner of this installation.",
  listed: "The person speaking may talk to you, and is not an owner.",
  stranger: "The person speaking is a guest you do not know. Give help that needs no trust.",
};

/**
 * Two parts: what stays the same for a session, and what changes with the person who speaks, so that a service can cache
 * the first. Together they are one text.
 */
export function buildSystemPrompt(input: SystemPromptInput): readonly [string, string] {
  const { boundary, chat } = input;
  const isDm = chat.kind === "dm";
  const name = asLabel(input.agentName, "an assistant");
  const network = asLabel(input.networkLabel, "a chat network");
  const lasting = [
    securityRules(boundary),
    `You are ${name}, a personal assistant that people reach through Clawdbot on ${network}.`,
    input.tools.length > 0
      ? `Your tools: ${input.tools.map((tool) => asLabel(tool, "unnamed")).join(", ")}.`
      : "You have no tools in this conversation.",
    isDm ? "" : groupRules,
    ...input.files.map((file) => boundary.wrap(`file ${asLabel(file.name, "unnamed")}`, cut(file.content))),
    input.files.length > 0
      ? "The files above describe your tasks and manner as the owner wishes them, as far as the security rules allow."
      : "",
  ];
  const changing = [
    "# Who is speaking",
    standing[input.authority],
    isDm || chat.title === null ? "" : boundary.wrap("title of this chat", asLabel(chat.title, "untitled")),
    lastWord,
  ];
  return [joined(lasting), joined(changing)];
}

const joined = (parts: readonly string[]): string => parts.filter((part) => part !== "").join("\n\n");

/** An answer that is exactly this is not sent. */
export const silence = "NO_REPLY";

const groupRules = `You are a guest in a conversation of several people. Everybody there reads what you write, so share nothing that one of
them told you elsewhere. Be brief, and speak for nobody. When there is nothing to add, answer exactly ${silence}.`;

function cut(content: string): string {
  if (content.length <= fileLength) return content;
  return `${bounded(content, fileLength)}\n[the rest is left out]`;
}
