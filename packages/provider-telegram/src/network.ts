/** What the system knows of Telegram before it connects: ids and their spelling. Light: no library is loaded by it. */
import type { Canonical, Network } from "@clawd/provider-kit";

/** Telegram's ids have at most 52 significant bits (Bot API, `User.id` and `Chat.id`). */
const largestId = 2 ** 52;

const prefix = /^(?:telegram|tg):/i;
/** Other white space is not what people type by accident. */
const around = /^[ \t]+|[ \t]+$/g;
const digits = /^[1-9][0-9]{0,15}$/;

const personHint =
  'Use the number: it stands in "clawdbot pairing list telegram" once the person has written to the bot.';
const groupHint = 'Use the number: "clawdbot logs" shows it once somebody has written in the group.';

export const network: Network = {
  id: "telegram",
  label: "Telegram",
  senderIdLabel: "Telegram user id",
  layout: "groups",
  canPair: true,
  // Anonymous admins of any group, posts of linked channels, and people who write as a channel (Bot API, `Message.from`).
  sharedSenders: ["1087968824", "777000", "136817688"],
  canonicalSender,
  canonicalChat,
};

/** `42`, `telegram:42`, `tg:42`: a positive whole number as Telegram writes it. Names are never ids. */
function canonicalSender(entry: string): Canonical {
  const id = bare(entry);
  if (isId(id)) return { ok: true, id };
  if (id.startsWith("-") && isId(id.slice(1))) {
    return refusal("is the id of a group, not of a person", 'Groups belong under "groups".');
  }
  if (id.startsWith("@")) {
    return refusal("is a name; whoever takes that name later would be let in", personHint);
  }
  return refusal("is no Telegram user id", personHint);
}

/** `-1001234567890` (supergroups and channels), `-1234` (small groups). */
function canonicalChat(entry: string): Canonical {
  const id = bare(entry);
  if (id.startsWith("-") && isId(id.slice(1))) return { ok: true, id };
  if (isId(id)) {
    return refusal("is the id of a person; the ids of groups begin with a minus", groupHint);
  }
  if (id.startsWith("@")) return refusal("is a name; names of groups can be taken by others", groupHint);
  return refusal("is no Telegram group id", groupHint);
}

function bare(entry: unknown): string {
  const isWritable = typeof entry === "string" || typeof entry === "number";
  return isWritable ? String(entry).replace(around, "").replace(prefix, "") : "";
}

function isId(text: string): boolean {
  return digits.test(text) && Number(text) <= largestId;
}

/** The entry itself is not repeated: the config reader shows it with its place. */
function refusal(reason: string, hint: string): Canonical {
  return { ok: false, message: `This entry ${reason}.`, hint };
}
