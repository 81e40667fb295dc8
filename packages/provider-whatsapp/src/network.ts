/** What the system knows of WhatsApp before it connects: ids and their spelling. */
import { exactly, idReader, jid, phoneNumber, type Network } from "@clawd/provider-kit";

/** `15551234567:12@s.whatsapp.net`: a phone number; the other servers are old and hosted forms of the same accounts. */
const numberAddress = jid(/^[1-9][0-9]{6,14}$/, ["s.whatsapp.net", "c.us", "hosted"], (user) =>
  phoneNumber(`+${user}`),
);

/** `123456789012345@lid`: who hides the number from groups. Without a known number it is an id of its own. */
const hiddenAddress = jid(/^[1-9][0-9]{0,19}$/, ["lid", "hosted.lid"], (user) => `${user}@lid`);

/** `120363…@g.us`, and `<number>-<time>@g.us` for groups made before 2022. */
const groupAddress = exactly(/^[1-9][0-9]{6,24}(?:-[1-9][0-9]{8,12})?@g\.us$/);

export const network: Network = {
  id: "whatsapp",
  label: "WhatsApp",
  senderIdLabel: "WhatsApp phone number",
  layout: "groups",
  canPair: true,
  sharedSenders: [],
  canonicalSender: idReader({
    label: "WhatsApp phone number",
    hint: "Write the number with + and country code, such as +15551234567.",
    prefixes: ["whatsapp:"],
    forms: [phoneNumber, numberAddress, hiddenAddress],
    mistakes: [
      {
        pattern: /@g\.us$/,
        message: "This is a group, not a person.",
        hint: 'Groups belong under "groups".',
      },
      { pattern: /^[0-9]+$/, message: "This number has no country code that can be told from the rest." },
      { pattern: /^@?\p{L}/u, message: "This is a name; everybody chooses it for himself." },
    ],
  }),
  canonicalChat: idReader({
    label: "WhatsApp group id",
    hint: 'Use the id that ends in @g.us: "clawdbot logs" shows it once somebody has written in the group.',
    prefixes: ["whatsapp:"],
    forms: [groupAddress],
    mistakes: [
      { pattern: /^\+|@(?:s\.whatsapp\.net|lid)$/, message: "This is a person, not a group." },
      { pattern: /@(?:broadcast|newsletter)$/, message: "This is a broadcast, not a group." },
    ],
  }),
};
