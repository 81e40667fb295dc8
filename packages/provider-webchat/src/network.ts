/** What the system knows of WebChat: it has one sender, whoever holds the gateway's token. Light: no library is loaded by it. */
import { exactly, idReader, type Network } from "@clawd/provider-kit";

const read = idReader({
  label: "WebChat id",
  hint: 'The only one is "operator": whoever has presented the gateway\'s token.',
  prefixes: ["webchat:"],
  forms: [exactly(/^operator$/)],
});

export const network: Network = {
  id: "webchat",
  label: "WebChat",
  senderIdLabel: "WebChat id",
  layout: "operator",
  operator: "operator",
  // Nobody gets in without the token, so there is nobody to give a code to.
  canPair: false,
  sharedSenders: [],
  canonicalSender: read,
  canonicalChat: read,
};
