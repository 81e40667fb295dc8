/** What the system knows of Talk before it connects: ids and their spelling. */
import { digits, exactly, idReader, type Network } from "@clawd/provider-kit";

export const network: Network = {
  id: "talk",
  label: "Talk",
  senderIdLabel: "Talk user id",
  layout: "groups",
  canPair: true,
  sharedSenders: [],
  canonicalSender: idReader({
    label: "Talk user id",
    hint: "Use the number, never the name: names can be taken by others.",
    prefixes: ["talk:"],
    forms: [digits],
  }),
  canonicalChat: idReader({
    label: "Talk group id",
    hint: "Use the id of the group; it begins with g.",
    prefixes: ["talk:"],
    forms: [exactly(/^g[1-9][0-9]{0,17}$/)],
  }),
};
