/**
 * The names of sessions. `parseSessionKey(formatSessionKey(key))` is `key` for every key, so two chats never share a
 * name; any other string parses to undefined.
 */

export type SessionKey =
  /** The owner's own session. */
  | { readonly agent: string; readonly chat: "main" }
  | {
      readonly agent: string;
      readonly chat: "dm" | "group" | "channel";
      readonly provider: string;
      /** `default` is left out of the name. */
      readonly account: string;
      readonly id: string;
      readonly thread?: { readonly kind: "thread" | "topic"; readonly id: string };
    };

export function formatSessionKey(key: SessionKey): string {
  const agent = `agent:${escape(key.agent)}`;
  if (key.chat === "main") return `${agent}:main`;
  const account = key.account === "default" ? "" : `:${escape(key.account)}`;
  const name = `${agent}:${escape(key.provider)}${account}:${key.chat}:${escape(key.id)}`;
  return key.thread === undefined ? name : `${name}:${key.thread.kind}:${escape(key.thread.id)}`;
}

export function parseSessionKey(text: string): SessionKey | undefined {
  const [prefix, escapedAgent, ...rest] = text.split(":");
  if (prefix !== "agent" || escapedAgent === undefined) return undefined;
  const agent = unescape(escapedAgent);
  if (agent === undefined) return undefined;
  if (rest.length === 1) return rest[0] === "main" ? { agent, chat: "main" } : undefined;
  // provider [account] kind id [thread-kind thread-id]: the number of parts says whether there is an account.
  if (rest.length < 3 || rest.length > 6) return undefined;
  const parts = rest.length % 2 === 1 ? [rest[0]!, "default", ...rest.slice(1)] : rest;
  const [provider, account, id, threadId] = [parts[0]!, parts[1]!, parts[3]!, parts[5]].map(unescapeMaybe);
  const [chat, threadKind] = [parts[2], parts[4]];
  if (provider === undefined || account === undefined || id === undefined) return undefined;
  if (rest.length % 2 === 0 && account === "default") return undefined;
  if (chat !== "dm" && chat !== "group" && chat !== "channel") return undefined;
  const key = { agent, chat, provider, account, id } as const;
  if (threadKind === undefined) return key;
  if (threadId === undefined || (threadKind !== "thread" && threadKind !== "topic")) return undefined;
  return { ...key, thread: { kind: threadKind, id: threadId } };
}

/** An id as it stands in a key. Nearly no id has either character. */
export function escape(part: string): string {
  if (!part.includes("%") && !part.includes(":")) return part;
  return part.replaceAll("%", "%25").replaceAll(":", "%3A");
}

/** Undefined for a part that `escape` cannot have written. */
export function unescape(part: string): string | undefined {
  if (!part.includes("%")) return part;
  const plain = part.replaceAll("%3A", ":").replaceAll("%25", "%");
  return escape(plain) === part ? plain : undefined;
}

const unescapeMaybe = (part: string | undefined) => (part === undefined ? undefined : unescape(part));
