/** Sending in the words of the documents: `message` to that network, then the chat. */
import type { Network } from "../src/network.ts";
import type { SendRequest, StateFacts } from "../src/request.ts";
import { admissionOf, isAcceptedRoom } from "./reference.ts";
import { rulesOf, type Sayings } from "./reference-config.ts";
import { callOf } from "./reference-lists.ts";
import {
  hear,
  isDenial,
  meet,
  permissionFor,
  type Asked,
  type Denial,
  type Permission,
  type Heard,
  type RunAnswer,
} from "./reference-tools.ts";

type To = SendRequest["to"];

export function referenceSend(
  config: Sayings,
  networks: readonly Network[],
  request: SendRequest,
  state: StateFacts = {},
): RunAnswer {
  return meet(config, networks, request, state, "send-allowed", (asked) => sendFor(asked, request.to));
}

function sendFor(asked: Asked, to: To): Permission | Denial {
  const heard = hear(asked);
  const isKnown = asked.networks.some(({ id }) => id === to.provider);
  // "Unknown networks refuse." Which word is said of it, the documents leave open.
  if (!isKnown) {
    return ["recipient-not-accepted", "unknown-provider", "unknown-tool", ...(isDenial(heard) ? heard : [])];
  }
  if (isDenial(heard)) return heard;
  const permission = permissionFor(heard, callOf(to.provider, asked.networks)!, false);
  // "Ancestors only gate"; "the target of a sending is the run's own business".
  if (isDenial(permission) || asked.isAncestor || isHere(heard, to)) return permission;
  // "Elsewhere needs `send: "accepted"` in the profile, a standing above stranger, and a chat that the rules accept."
  const refusal: Denial = isAccepted(heard, to) ? [] : ["recipient-not-accepted"];
  if (heard.rights.send === "accepted" && heard.authority !== "stranger")
    return refusal.length > 0 ? refusal : permission;
  return ["send-not-allowed", ...refusal];
}

/** "The chat of the origin: same network, account, kind and id (topics and threads of it count as here)." */
function isHere({ origin }: Heard, to: To): boolean {
  return (
    to.provider === origin.provider &&
    (to.account ?? "default") === (origin.account ?? "default") &&
    to.chat.kind === origin.chat.kind &&
    // A direct message has no threads.
    (to.chat.id === origin.chat.id || (to.chat.kind !== "dm" && to.chat.parent === origin.chat.id))
  );
}

function isAccepted({ config, networks, authority, state }: Heard, to: To): boolean {
  const network = networks.find(({ id }) => id === to.provider)!;
  const account = to.account ?? "default";
  const rules = rulesOf(config, network, account);
  // "Unknown networks and accounts, and those switched off, refuse."
  if (rules === undefined || !rules.enabled) return false;
  // "The operator's page is accepted for owners."
  if (network.layout === "operator") return authority === "owner";
  if (to.chat.kind !== "dm") return isAcceptedRoom(network, rules, to.chat);
  // "A person who would be admitted in a direct message (listed, `"*"` under `open`, or paired under `pairing`)."
  const admission = admissionOf(
    config,
    networks,
    { action: "message", provider: network.id, account, chat: to.chat, sender: { id: to.chat.id } },
    { isPaired: state.isTargetPaired === true },
  );
  return !("effect" in admission);
}
