/** What the system knows of Discord before it connects: ids and their spelling. */
import { idReader, snowflake, type IdForm, type Network } from "@clawd/provider-kit";

/** `<@123>`, `<@!123>`, `<#123>`: how Discord itself writes an id into a message. */
function written(pattern: RegExp): IdForm {
  return (text) => {
    const id = pattern.exec(text)?.[1];
    return id === undefined ? null : snowflake(id);
  };
}

const personHint =
  "Use the number: switch on Developer Mode in Discord's settings, then right-click the person and Copy User ID.";
const placeHint =
  "Use the number: switch on Developer Mode in Discord's settings, then right-click the server or channel and Copy ID.";

export const network: Network = {
  id: "discord",
  label: "Discord",
  senderIdLabel: "Discord user id",
  layout: "guilds",
  canPair: true,
  sharedSenders: [],
  canonicalSender: idReader({
    label: "Discord user id",
    hint: personHint,
    prefixes: ["discord:", "user:"],
    forms: [snowflake, written(/^<@!?([0-9]{1,20})>$/)],
    mistakes: [
      { pattern: /^<@&/, message: "This is a role; only people can be listed." },
      {
        pattern: /^<#/,
        message: "This is a channel, not a person.",
        hint: 'Channels belong under "guilds".',
      },
      { pattern: /^@?[^0-9<]/, message: "This is a name; whoever takes that name later would be let in." },
    ],
  }),
  canonicalChat: idReader({
    label: "Discord server or channel id",
    hint: placeHint,
    prefixes: ["discord:", "guild:", "channel:"],
    forms: [snowflake, written(/^<#([0-9]{1,20})>$/)],
    mistakes: [
      { pattern: /^<@/, message: "This is a person or a role, not a server or channel." },
      { pattern: /^#?[^0-9<]/, message: "This is a name; any server can take the same name." },
    ],
  }),
};
