/** Where a tool's messages go: each is decided by the policy as a sending, its files are read as `read` would, then it is stored. */
import { randomUUID } from "node:crypto";
import type { Address, MessagesPort } from "@clawd/tools";
import { readAddress } from "./address.ts";
import type { Connections } from "../connections.ts";
import { keepFiles, type OutboundFilesPorts, readFiles } from "../files/outbound-files.ts";
import type { Enqueue } from "../outgoing.ts";
import type { PlacedCall } from "../calls/tool-call.ts";

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
    address: (to) => readAddress(here, to, connections),
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
