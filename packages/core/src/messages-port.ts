/** Where a tool's messages go: each is decided by the policy as a sending, then stored like any other answer. */
import { randomUUID } from "node:crypto";
import type { MessagesPort, Refusal } from "@clawd/tools";
import type { Connections } from "./connections.ts";
import type { Enqueue } from "./outgoing.ts";
import type { PlacedCall } from "./tool-call.ts";

export function messagesPort(
  call: PlacedCall,
  ports: { readonly connections: Pick<Connections, "get">; readonly enqueue: Enqueue },
): MessagesPort {
  const { connections, enqueue } = ports;
  const { provider, account, chat } = call.event;
  const here = { provider, account, chat: { kind: chat.kind, id: chat.id, thread: chat.thread } };
  return {
    here,
    address({ provider: network = provider, account: login, to, thread }) {
      const isHere = network === provider;
      const at = login ?? (isHere ? account : "default");
      if (to === undefined && !isHere) return { refused: "Say which chat of that network: `to`." };
      if (to === undefined) return thread === undefined ? here : { ...here, chat: { ...here.chat, thread } };
      const connection = connections.get(network, at);
      if (connection === undefined) return { refused: `The network ${network} is not connected here.` };
      const found = chatOf(to, connection.provider.network);
      return "refused" in found
        ? found
        : { provider: network, account: at, chat: { ...found, thread: thread ?? null } };
    },
    send(to, { text, replyTo, isDryRun }) {
      const { kind, id, thread } = to.chat;
      const decision = call.decide({
        action: "send",
        to: { provider: to.provider, account: to.account, chat: { kind, id, thread } },
      });
      if (decision.effect !== "allow") return { refused: decision.code };
      const deliveryId = `tool:${randomUUID()}`;
      if (isDryRun) return { deliveryId };
      enqueue({
        deliveryId,
        provider: to.provider,
        account: to.account,
        chat: to.chat,
        text,
        replyToMessageId: replyTo,
        purpose: "tool",
        session: call.session,
        cause: null,
      });
      return { deliveryId };
    },
  };
}

type Network =
  ReturnType<Connections["get"]> extends infer Found
    ? NonNullable<Found> extends { readonly provider: { readonly network: infer Of } }
      ? Of
      : never
    : never;

/** `dm:42`, `group:-100`, `channel:C1`, or a bare id: a person's where it can be one, else a group's. */
function chatOf(
  to: string,
  network: Network,
): { readonly kind: "dm" | "group" | "channel"; readonly id: string } | Refusal {
  const [, kind, id] = /^(dm|group|channel):(.+)$/s.exec(to.trim()) ?? [];
  const asPerson = network.canonicalSender(id ?? to.trim());
  if ((kind === undefined || kind === "dm") && asPerson.ok) return { kind: "dm", id: asPerson.id };
  if (kind === "dm") return { refused: asPerson.ok ? "" : `${asPerson.message}: ${asPerson.hint}` };
  const asChat = network.canonicalChat(id ?? to.trim());
  if (!asChat.ok) return { refused: `${asChat.message}: ${asChat.hint}` };
  return { kind: kind === "channel" ? "channel" : "group", id: asChat.id };
}
