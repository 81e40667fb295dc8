/** What the system knows of Example before it connects: ids and their spelling. */
import { digits, exactly, idReader, type Network } from "@clawd/provider-kit";

export const network: Network = {
  id: "example",
  label: "Example",
  senderIdLabel: "Example user id",
  layout: "groups",
  canPair: true,
  sharedSenders: [],
  canonicalSender: idReader({
    label: "Example user id",
    hint: "Use the number, never the name: names can be taken by others.",
    prefixes: ["example:"],
    forms: [digits],
  }),
  canonicalChat: idReader({
    label: "Example group id",
    hint: "Use the id of the group; it begins with g.",
    prefixes: ["example:"],
    forms: [exactly(/^g[1-9][0-9]{0,17}$/)],
  }),
};
