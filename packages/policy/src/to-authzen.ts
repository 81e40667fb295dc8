/** From a request to AuthZEN 1.0. */
import { qualified, type AuthZenEntity, type AuthZenRequest } from "./authzen-entities.ts";
import type { Fields } from "./read-field.ts";
import { readRequest } from "./read-request.ts";
import type { ChatReference, Request, SenderReference } from "./request.ts";

const notUnderstood: AuthZenRequest = Object.freeze({
  subject: Object.freeze({ type: "nobody", id: "" }),
  action: Object.freeze({ name: "not-understood" }),
  resource: Object.freeze({ type: "nothing", id: "" }),
});

/**
 * Never throws: what `decide` would call a bad request becomes one that `fromAuthZen` does not understand.
 * INVARIANT: `fromAuthZen(toAuthZen(request))` is the request again (authzen.test.ts).
 */
export function toAuthZen(request: Request): AuthZenRequest {
  try {
    return readRequest(request) === null ? notUnderstood : written(request);
  } catch {
    // A getter that answered once and throws now.
    return notUnderstood;
  }
}

function written({ provider, sender, ...asked }: Request): AuthZenRequest {
  const subject = subjectOf(provider, sender);
  switch (asked.action) {
    case "message": {
      const { action: name, chat, ...context } = asked;
      return { subject, action: { name }, resource: chatOf(provider, chat), context };
    }
    case "tool": {
      const { action: name, tool, elevated, ...context } = asked;
      const action = elevated === undefined ? { name } : { name, properties: { elevated } };
      return { subject, action, resource: { type: "tool", id: tool }, context };
    }
    case "send": {
      const { action: name, to, ...context } = asked;
      const { provider: network, chat, ...account } = to;
      return { subject, action: { name }, resource: chatOf(network, chat, account), context };
    }
    case "session":
      return { subject, ...sessionOf(asked) };
  }
}

function sessionOf(asked: Omit<Extract<Request, { readonly action: "session" }>, "provider" | "sender">) {
  const {
    action: name,
    operation,
    session,
    target,
    ...context
  } = asked as typeof asked & {
    readonly session?: string;
    readonly target?: string;
  };
  const resource =
    target === undefined ? { type: "session", id: session ?? "" } : { type: "agent", id: target };
  return { action: { name, properties: { operation } }, resource, context };
}

function subjectOf(provider: string, sender: SenderReference | undefined): AuthZenEntity {
  const { id = null, ...properties } = sender ?? { isBot: true };
  const type = id === null ? "nobody" : "sender";
  return { type, id: qualified(provider, id ?? ""), properties };
}

function chatOf(provider: string, { id, ...chat }: ChatReference, account: Fields = {}): AuthZenEntity {
  return { type: "chat", id: qualified(provider, id), properties: { ...account, ...chat } };
}
