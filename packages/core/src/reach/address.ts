/** Where a message is to go, as a tool or a person writes it: a network's own ids, and never a name. */
import type { Address, Refusal } from "@clawd/tools";
import type { Connections } from "../connections.ts";

/** What is left out is the chat that the answer goes to anyway. */
export interface AddressRequest {
  readonly provider?: string;
  readonly account?: string;
  /** `dm:42`, `group:-100`, `channel:C1`, or a bare id. */
  readonly to?: string;
  readonly thread?: string;
}

export function readAddress(
  here: Address,
  { provider = here.provider, account, to, thread }: AddressRequest,
  connections: Pick<Connections, "get">,
): Address | Refusal {
  const isHere = provider === here.provider;
  const at = account ?? (isHere ? here.account : "default");
  if (to === undefined && !isHere) return { refused: "Say which chat of that network: `to`." };
  if (to === undefined) return thread === undefined ? here : { ...here, chat: { ...here.chat, thread } };
  const connection = connections.get(provider, at);
  if (connection === undefined) return { refused: `The network ${provider} is not connected here.` };
  const found = chatOf(to, connection.provider.network);
  return "refused" in found ? found : { provider, account: at, chat: { ...found, thread: thread ?? null } };
}

type Network = NonNullable<ReturnType<Connections["get"]>>["provider"]["network"];

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
