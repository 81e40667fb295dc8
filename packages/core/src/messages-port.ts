/** Where a tool's messages go: each is decided by the policy as a sending, its files are read as `read` would, then it is stored. */
import { randomUUID } from "node:crypto";
import type { Address, MessagesPort, Refusal } from "@clawd/tools";
import type { Connections } from "./connections.ts";
import { keepFiles, type OutboundFilesPorts, readFiles } from "./outbound-files.ts";
import type { Enqueue } from "./outgoing.ts";
import type { PlacedCall } from "./tool-call.ts";

export function messagesPort(
  call: PlacedCall,
  ports: OutboundFilesPorts & {
    readonly connections: Pick<Connections, "get">;
    readonly enqueue: Enqueue;
  },
): MessagesPort {
  const { connections, enqueue } = ports;
  const { provider, account, chat } = call.event;
  const networkOf = (to: Address) => {
    const { network, capabilities } = connections.get(to.provider, to.account)?.provider ?? {};
    const none = { send: false, receive: false, maxBytes: 0 };
    return { label: network?.label ?? to.provider, files: capabilities?.files ?? none };
  };
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
    async send(to, { text, replyTo, isDryRun, media }, signal) {
      const { kind, id, thread } = to.chat;
      const sending = {
        action: "send",
        to: { provider: to.provider, account: to.account, chat: { kind, id, thread } },
      } as const;
      const decision = call.decide(sending);
      if (decision.effect !== "allow") return { refused: decision.code };
      const ready = await readFiles(call, media, networkOf(to), ports);
      if ("refused" in ready) return ready;
      const deliveryId = `tool:${randomUUID()}`;
      if (isDryRun) return { deliveryId };
      const files = await keepFiles(ready, ports);
      if ("refused" in files) return files;
      signal.throwIfAborted();
      // Reading took its time: the word of before is not good for now.
      if (files.length > 0 && !call.wouldAllow(sending)) return { refused: "not-allowed-any-more" };
      enqueue({
        deliveryId,
        provider: to.provider,
        account: to.account,
        chat: to.chat,
        text,
        ...(files.length > 0 && { files }),
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
