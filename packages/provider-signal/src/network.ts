/** What the system knows of Signal before it connects: ids and their spelling. */
import { idReader, phoneNumber, uuid, type IdForm, type Network } from "@clawd/provider-kit";

/**
 * Standard base64 of 32 bytes (16 for groups of the first kind). Letter case counts, and what decodes to the same bytes but is
 * written otherwise is refused: then two spellings can never be one group.
 */
const groupId: IdForm = (text) => {
  if (!/^(?:[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{22}==)$/.test(text)) return null;
  return Buffer.from(text, "base64").toString("base64") === text ? text : null;
};

export const network: Network = {
  id: "signal",
  label: "Signal",
  senderIdLabel: "Signal number or uuid",
  layout: "groups",
  canPair: true,
  // What Signal puts where it does not know the sender.
  sharedSenders: ["00000000-0000-0000-0000-000000000000"],
  canonicalSender: idReader({
    label: "Signal number or uuid",
    hint: 'Write the number with + and country code, or the uuid that "clawdbot pairing list signal" shows.',
    prefixes: ["signal:", "uuid:"],
    forms: [uuid, phoneNumber],
    mistakes: [
      {
        pattern: /^group:/i,
        message: "This is a group, not a person.",
        hint: 'Groups belong under "groups".',
      },
      { pattern: /^[0-9]+$/, message: "This number has no country code that can be told from the rest." },
      { pattern: /^pni:/i, message: "This is the id of a phone number, which changes with it." },
      { pattern: /^[@\p{L}].*\.[0-9]{2,}$/u, message: "This is a username; others can take it later." },
    ],
  }),
  canonicalChat: idReader({
    label: "Signal group id",
    hint: 'Use the id that "signal-cli listGroups" prints: 44 characters that end in =.',
    prefixes: ["signal:", "group:"],
    forms: [groupId],
  }),
};
