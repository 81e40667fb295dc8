/** What the system knows of iMessage before it connects: ids and their spelling. */
import { digits, idReader, phoneNumber, type IdForm, type Network } from "@clawd/provider-kit";

/** Plain ASCII: folding other letters could make one address of two. Apple compares addresses without letter case. */
const email: IdForm = (text) => {
  const pattern = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,63}$/;
  return pattern.test(text) ? text.toLowerCase() : null;
};

const chatPattern = /^(?:chat_?(?:id|guid|identifier|ident)?|guid|group):/i;

export const network: Network = {
  id: "imessage",
  label: "iMessage",
  senderIdLabel: "iMessage address",
  layout: "groups",
  canPair: true,
  sharedSenders: [],
  canonicalSender: idReader({
    label: "iMessage address",
    hint: "Write the number with + and country code, such as +15551234567, or the e-mail address.",
    prefixes: ["imessage:", "sms:", "auto:"],
    forms: [phoneNumber, email],
    mistakes: [
      // Listing a chat here would let in everybody who is in it, or is added to it later.
      {
        pattern: chatPattern,
        message: "This is a chat, not a person.",
        hint: 'Chats belong under "groups".',
      },
      { pattern: /^[0-9]+$/, message: "This number has no country code that can be told from the rest." },
    ],
  }),
  canonicalChat: idReader({
    label: "iMessage chat id",
    hint: 'Use the number that "imsg chats" shows.',
    prefixes: ["imessage:", "chat_id:", "chatid:", "chat:", "group:"],
    forms: [digits],
    mistakes: [
      {
        pattern: chatPattern,
        message: "Only the number of a chat is its id here, not its guid or identifier.",
      },
      { pattern: /[+@]/, message: "This is a person, not a chat." },
    ],
  }),
};
