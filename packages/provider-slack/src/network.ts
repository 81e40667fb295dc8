/** What the system knows of Slack before it connects: ids and their spelling. */
import { exactly, idReader, type IdForm, type Network } from "@clawd/provider-kit";

/**
 * Upper-case only. Folding the letters would make ids of names: "wilson" has the form of a user id, "casey" that of a channel's.
 */
const user = exactly(/^[UW][A-Z0-9]{2,20}$/);
const room = exactly(/^[CG][A-Z0-9]{2,20}$/);

/** `<@U123>`, `<@U123|alice>`, `<#C123|general>`: how Slack itself writes an id into a message. */
function written(pattern: RegExp, form: IdForm): IdForm {
  return (text) => form(pattern.exec(text)?.[1] ?? "");
}

const personHint = 'Use the id: open the person\'s profile in Slack, then "More" and "Copy member ID".';
const roomHint = "Use the id: it stands at the end of the channel's details in Slack.";

export const network: Network = {
  id: "slack",
  label: "Slack",
  senderIdLabel: "Slack user id",
  layout: "channels",
  canPair: true,
  // Slackbot speaks for workflows, reminders and whoever set them up.
  sharedSenders: ["USLACKBOT"],
  canonicalSender: idReader({
    label: "Slack user id",
    hint: personHint,
    prefixes: ["slack:", "user:"],
    forms: [user, written(/^<@([A-Z0-9]+)(?:\|[A-Za-z0-9._-]{0,80})?>$/, user)],
    mistakes: [
      {
        pattern: /^(?:[CGD][A-Z0-9]{2,20}|<#.*)$/,
        message: "This is the id of a channel, not of a person.",
        hint: 'Channels belong under "channels".',
      },
      { pattern: /^B[A-Z0-9]{8,20}$/, message: "This is the id of a bot, not of a person." },
      { pattern: /^@?[a-z]/, message: "This is a name; whoever takes that name later would be let in." },
    ],
  }),
  canonicalChat: idReader({
    label: "Slack channel id",
    hint: roomHint,
    prefixes: ["slack:", "channel:"],
    forms: [room, written(/^<#([A-Z0-9]+)(?:\|[A-Za-z0-9._-]{0,80})?>$/, room)],
    mistakes: [
      {
        pattern: /^D[A-Z0-9]{2,20}$/,
        message: "This is the id of a direct chat; those are not listed.",
        hint: 'Direct messages are ruled by "dm".',
      },
      { pattern: /^(?:[UW][A-Z0-9]{2,20}|<@.*)$/, message: "This is the id of a person, not of a channel." },
      {
        pattern: /^#?[a-z]/,
        message: "This is a name; a channel can be renamed, and another can take its name.",
      },
    ],
  }),
};
