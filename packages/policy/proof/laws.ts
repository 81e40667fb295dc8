/** What must be true of every decision, each with the public fault that it forbids. Checked on the whole domain. */
import {
  directDomain,
  groupDomain,
  operatorDomain,
  unreachedDomain,
  type Check,
  type DirectFacts,
  type Facts,
  type GroupFacts,
  type OperatorFacts,
} from "../src/facts.ts";
import type { DecisionCode } from "../src/decision.ts";
import type { Outcome } from "../src/outcome.ts";
import type { Law } from "./law.ts";

const allows = ({ effect }: Outcome) => effect === "allow";
const isText = (facts: Facts) => facts.chat !== "unreached" && facts.command === "none";

/** Asks again with some facts changed. */
function instead(facts: Facts, ask: (facts: Facts) => Outcome, changes: object): Outcome {
  return ask({ ...facts, ...changes } as Facts);
}

const codes = {
  deny: new Set([
    "bad-request",
    "own-message",
    "bot-sender",
    "no-sender",
    "shared-sender",
    "provider-disabled",
    "dm-disabled",
    "sender-not-listed",
    "group-disabled",
    "group-not-listed",
    "group-sender-not-listed",
    "mention-required",
    "mention-undetectable",
    "command-not-allowed",
    "command-unknown",
  ]),
  allow: new Set(["allowed", "command-allowed", "side-event-noted"]),
  challenge: new Set(["pairing-required"]),
};

const checks = {
  unreached: ["sender", "account"],
  dm: Object.keys(directDomain).filter((field) => field !== "chat"),
  group: Object.keys(groupDomain).filter((field) => field !== "chat"),
  operator: Object.keys(operatorDomain).filter((field) => field !== "chat"),
};
const firstWords: Readonly<Record<string, Readonly<Record<string, string | boolean>>>> = {
  unreached: firsts(unreachedDomain),
  dm: firsts(directDomain),
  group: firsts(groupDomain),
  operator: firsts(operatorDomain),
};

function firsts(domain: Readonly<Record<string, readonly (string | boolean)[]>>) {
  return Object.fromEntries(Object.entries(domain).map(([field, words]) => [field, words[0]!]));
}

/** What the documents accept of rooms, as a table. */
const acceptedRooms = {
  unset: ["whole", "named"],
  open: ["unmapped", "whole", "named"],
  allowlist: ["whole", "named"],
  rooms: ["named"],
  disabled: [],
} as const;

const isAccepted = ({ groupPolicy, room }: GroupFacts): boolean =>
  (acceptedRooms[groupPolicy] as readonly string[]).includes(room);

/** Named in a list that counts where the event happened. An approval counts as one under pairing. */
function isListed(facts: DirectFacts | GroupFacts): boolean {
  if (facts.chat === "dm") {
    return facts.allowFrom === "named" || (facts.dmPolicy === "pairing" && facts.isPaired);
  }
  const { roomList, groupList, fallbackList } = facts;
  return roomList === "named" || groupList === "named" || (groupList === "unset" && fallbackList === "named");
}

const codeOfSender = {
  person: "bad-request",
  self: "own-message",
  bot: "bot-sender",
  nobody: "no-sender",
  shared: "shared-sender",
} as const;

/** The code of a refusal that the facts make plain; null where it takes more to say. */
function codeOfRefusal(facts: Facts): DecisionCode | null {
  if (facts.chat === "unreached") {
    const isOff = facts.sender === "person" && facts.account === "off";
    return isOff ? "provider-disabled" : codeOfSender[facts.sender];
  }
  if (facts.chat === "dm" && facts.dmPolicy === "disabled") return "dm-disabled";
  if (facts.chat === "group") {
    if (facts.groupPolicy === "disabled" || facts.room === "disabled") return "group-disabled";
    if (facts.room === "unnamed") return "group-not-listed";
    if (facts.room === "named" && facts.roomList === "unnamed") return "group-sender-not-listed";
  }
  const isIn =
    facts.chat === "operator" ||
    (facts.chat === "dm" && facts.allowFrom === "named") ||
    (facts.chat === "group" &&
      facts.room === "named" &&
      facts.roomList === "named" &&
      facts.groupList === "named");
  if (isIn && facts.command === "unknown") return "command-unknown";
  return isIn && facts.command === "refused" ? "command-not-allowed" : null;
}

/** The check that lets somebody into a direct message. */
const admissionOf = ({ dmPolicy, allowFrom }: DirectFacts): Check =>
  allowFrom === "named" || dmPolicy === "open" ? "allowFrom" : "isPaired";

/** The check that gives a right to a command, or withholds it. */
function ruleOfCommand(facts: DirectFacts | GroupFacts | OperatorFacts, effect: Outcome["effect"]): Check {
  if (facts.chat === "operator") return effect === "allow" ? "sender" : "command";
  if (effect === "allow") {
    if (facts.isOwner) return "isOwner";
    if (facts.chat === "dm") return admissionOf(facts);
    return facts.roomList === "named"
      ? "roomList"
      : facts.groupList === "named"
        ? "groupList"
        : "fallbackList";
  }
  if (facts.command === "refused") return "command";
  if (facts.command === "owner") return "isOwner";
  return facts.chat === "dm" ? "allowFrom" : "groupList";
}

export const laws: readonly Law<Facts, Outcome>[] = [
  {
    name: "total",
    forbids: "an evaluation error that drops a deny (cedar #2428)",
    holds: (_, { effect, code }) => codes[effect].has(code),
  },
  {
    name: "deterministic",
    forbids: "two answers to one question",
    holds: (facts, outcome, ask) => ask(facts) === outcome,
  },
  {
    name: "default-deny",
    forbids: "a fail-closed deny that falls through to a default allow (agent-governance-toolkit #2992)",
    holds(facts, outcome) {
      if (outcome.effect === "deny") return true;
      if (facts.sender !== "person" || facts.account !== "on" || facts.chat === "unreached") return false;
      if (facts.chat === "dm") return facts.dmPolicy !== "disabled";
      if (facts.chat === "group") return facts.groupPolicy !== "disabled" && facts.room !== "disabled";
      return true;
    },
  },
  {
    name: "never-empty-reason",
    forbids: "a denial that cannot say which rule made it (Cedar's empty default-deny reason)",
    holds: (facts, { rules }) => rules.length > 0 && rules.every((rule) => checks[facts.chat].includes(rule)),
  },
  {
    name: "trace-suffices",
    forbids: "a trace that leaves out what decided: facts with one trace have one outcome",
    holds(facts, outcome, ask) {
      const fields = checks[facts.chat];
      if (outcome.depth === fields.length) return true;
      const rest = fields.slice(outcome.depth).map((field) => [field, firstWords[facts.chat]![field]!]);
      return instead(facts, ask, Object.fromEntries(rest)) === outcome;
    },
  },
  {
    name: "rules-are-in-the-trace",
    forbids: "a reason that the trace does not show",
    holds: (facts, { rules, depth, effect }) =>
      effect === "allow" || rules.every((rule) => checks[facts.chat].indexOf(rule) < depth),
  },
  {
    name: "self-and-bots-never-trigger",
    forbids: "two bots that answer each other for ever; an agent that obeys its own words",
    holds: ({ sender }, { effect }) => (sender !== "self" && sender !== "bot") || effect === "deny",
  },
  {
    name: "nobody-and-everybody-are-no-person",
    forbids:
      "anonymous admins of any group who match one listed pseudo-user (dgongut/docker-controller-bot#25)",
    holds: ({ sender }, { effect }) => (sender !== "nobody" && sender !== "shared") || effect === "deny",
  },
  {
    name: "disabled-is-bottom",
    forbids: "a list that revives what was switched off",
    holds(facts, { effect }) {
      if (facts.account === "off") return effect === "deny";
      if (facts.chat === "dm" && facts.dmPolicy === "disabled") return effect === "deny";
      if (facts.chat !== "group") return true;
      return (facts.groupPolicy !== "disabled" && facts.room !== "disabled") || effect === "deny";
    },
  },
  {
    name: "empty-list-is-nobody",
    forbids: "an empty allowlist that admits everyone (openclaw #13161, #147342; CVE-2026-35649)",
    holds(facts, outcome) {
      if (facts.chat === "dm") {
        const isApproved = facts.dmPolicy === "pairing" && facts.isPaired;
        return facts.allowFrom !== "unnamed" || isApproved || !allows(outcome);
      }
      if (facts.chat !== "group") return true;
      if (facts.roomList === "unnamed") return !allows(outcome);
      return facts.groupList !== "unnamed" || facts.groupPolicy === "open" || !allows(outcome);
    },
  },
  {
    name: "absent-list-is-default",
    forbids: "an absent list that is read as an empty one, or the other way round",
    holds(facts, { code }) {
      if (facts.chat !== "group" || facts.groupPolicy === "allowlist") return true;
      if (facts.roomList !== "unset" || facts.groupList !== "unset") return true;
      return code !== "group-sender-not-listed";
    },
  },
  {
    name: "open-requires-star",
    forbids: "an open policy without the explicit opt-in",
    holds: (facts, outcome) =>
      facts.chat !== "dm" || facts.dmPolicy !== "open" || facts.allowFrom !== "unnamed" || !allows(outcome),
  },
  {
    name: "star-requires-open",
    forbids: "a wildcard that admits under any other policy",
    holds(facts, outcome) {
      if (facts.chat === "dm" && facts.allowFrom === "everyone" && facts.dmPolicy !== "open") {
        return !allows(outcome) || (facts.dmPolicy === "pairing" && facts.isPaired);
      }
      if (facts.chat !== "group" || facts.roomList !== "everyone") return true;
      return facts.groupPolicy === "open" || !allows(outcome);
    },
  },
  {
    name: "pairing-only-under-pairing",
    forbids: "approvals that bypass the allowlist policy (#22599)",
    holds(facts, outcome, ask) {
      if (facts.chat !== "dm" || facts.dmPolicy === "pairing") return true;
      return instead(facts, ask, { isPaired: !facts.isPaired }) === outcome;
    },
  },
  {
    name: "challenge-only-in-dm",
    forbids: "pairing codes posted to groups, or sent for a reaction, or under a policy that does not pair",
    holds(facts, { effect, deed }) {
      if ((effect === "challenge") !== (deed === "pairing-code")) return false;
      if (effect !== "challenge") return true;
      return facts.chat === "dm" && facts.dmPolicy === "pairing" && facts.event === "message";
    },
  },
  {
    name: "unknown-group-denied",
    forbids: "an allowlist without groups that allowed all groups after a refactor (#56957)",
    holds(facts, { effect }) {
      if (facts.chat !== "group") return true;
      if (facts.room === "unnamed") return effect === "deny";
      return facts.room !== "unmapped" || facts.groupPolicy === "open" || effect === "deny";
    },
  },
  {
    name: "allowlist-asks-for-the-sender",
    forbids: "a room's own list that lets in whom the account's list does not (T-B3)",
    holds(facts, outcome) {
      if (facts.chat !== "group" || facts.groupPolicy !== "allowlist" || !allows(outcome)) return true;
      return facts.groupList === "named" || (facts.groupList === "unset" && facts.fallbackList === "named");
    },
  },
  {
    name: "narrowing-only",
    forbids: "a list that, once written, lets in more people than before (T-B3)",
    holds(facts, outcome, ask) {
      if (facts.chat !== "group" || !isText(facts)) return true;
      if (facts.roomList !== "unset" && allows(outcome)) {
        if (!allows(instead(facts, ask, { roomList: "unset" }))) return false;
      }
      if (facts.groupList !== "unnamed" || !allows(outcome)) return true;
      return allows(instead(facts, ask, { groupList: "unset" })) || facts.groupPolicy === "allowlist";
    },
  },
  {
    name: "add-to-allowlist-is-monotone",
    forbids: "an entry that shuts out the person whom it names",
    holds(facts, outcome, ask) {
      if (!allows(outcome)) return true;
      if (facts.chat === "dm" && facts.allowFrom !== "named") {
        return allows(instead(facts, ask, { allowFrom: "named" }));
      }
      if (facts.chat !== "group") return true;
      if (facts.roomList === "unnamed" || facts.roomList === "everyone") {
        if (!allows(instead(facts, ask, { roomList: "named" }))) return false;
      }
      if (facts.fallbackList === "unnamed" && !allows(instead(facts, ask, { fallbackList: "named" })))
        return false;
      return facts.groupList !== "unnamed" || allows(instead(facts, ask, { groupList: "named" }));
    },
  },
  {
    name: "deny-overrides",
    forbids: "a grant in one place that beats a refusal in another",
    holds(facts, outcome) {
      if (facts.chat !== "group" || !allows(outcome)) return true;
      return facts.roomList !== "unnamed" && facts.room !== "disabled" && facts.command !== "refused";
    },
  },
  {
    name: "group-admission-ignores-the-dm-list",
    forbids: "the right to write to the bot read as the right to trigger it in groups (CVE-2026-26328)",
    holds(facts, outcome, ask) {
      if (facts.chat !== "group" || !isText(facts) || facts.groupPolicy === "allowlist") return true;
      const flipped = facts.fallbackList === "named" ? "unnamed" : "named";
      return instead(facts, ask, { fallbackList: flipped }).effect === outcome.effect;
    },
  },
  {
    name: "mention-not-bypassed-by-unauthorised-command",
    forbids: "`/anything` as a way to wake the bot without a mention",
    holds(facts, outcome) {
      if (facts.chat !== "group" || facts.event !== "message" || facts.mention === "mentioned") return true;
      const isFree = facts.requireMention === "no";
      const isActivated = facts.requireMention === "unset" && facts.activation === "always";
      if (isFree || isActivated || !allows(outcome)) return true;
      return outcome.code === "command-allowed" && !facts.mentionsOthers && facts.command !== "unknown";
    },
  },
  {
    name: "undetectable-mention-is-silence",
    forbids: "a gate that is skipped where no mention could have been seen (U-22)",
    holds(facts, outcome) {
      if (facts.chat !== "group" || facts.mention !== "undetectable" || facts.event !== "message")
        return true;
      if (outcome.code === "mention-required") return false;
      return outcome.code !== "mention-undetectable" || outcome.deed === "silence";
    },
  },
  {
    name: "what-nobody-mentioned-is-context",
    forbids:
      "a mention that was not there told as one that could not be seen, and words lost that belong to the talk",
    holds: (facts, { code, deed }) =>
      code !== "mention-undetectable" ||
      (facts.chat === "group" && facts.mention !== "absent" && deed === "silence"),
  },
  {
    name: "activation-only-fills-a-gap",
    forbids: "a chat command that overrides what the config says of mentions",
    holds(facts, outcome, ask) {
      if (facts.chat !== "group" || facts.requireMention === "unset" || facts.activation === "unset")
        return true;
      return instead(facts, ask, { activation: "unset" }) === outcome;
    },
  },
  {
    name: "owner-commands-need-an-owner",
    forbids: "non-owners who reach /config and /debug (GHSA-r7vr-gr74-94p8)",
    holds(facts, { code }) {
      if (facts.chat === "unreached" || facts.command !== "owner" || code !== "command-allowed") return true;
      return facts.chat === "operator" || facts.isOwner;
    },
  },
  {
    name: "wildcard-grants-no-command",
    forbids: "a wildcard sender who passes command gates (CVE-2026-44991, CVE-2026-53854)",
    holds(facts, { code }) {
      if (code !== "command-allowed" || !("isOwner" in facts) || facts.isOwner) return true;
      if (facts.chat === "dm") return facts.allowFrom === "named" || facts.isPaired;
      const { roomList, groupList, fallbackList } = facts;
      return (
        roomList === "named" || groupList === "named" || (groupList === "unset" && fallbackList === "named")
      );
    },
  },
  {
    name: "refused-command-never-becomes-text",
    forbids: "a command of somebody who may not give it that reaches the model as words (U-34)",
    holds: (facts, { code }) => code !== "allowed" || isText(facts),
  },
  {
    name: "switched-off-command-never-runs",
    forbids: "a command that is off and runs all the same",
    holds: (facts, { code }) =>
      code !== "command-allowed" || ("command" in facts && ["listed", "owner"].includes(facts.command)),
  },
  {
    name: "commands-run-as-commands-only",
    forbids: "a turn or a command from one check and the act from another",
    holds(facts, { code, deed, effect }) {
      if ((deed === "turn") !== (code === "allowed")) return false;
      if ((deed === "command") !== (code === "command-allowed")) return false;
      return (deed === "turn" || deed === "command") === (effect === "allow" && code !== "side-event-noted");
    },
  },
  {
    name: "side-events-start-nothing",
    forbids: "reactions, edits and joins that act on a session (U-17)",
    holds: (facts, { deed }) =>
      (deed !== "turn" && deed !== "command") || ("event" in facts && facts.event !== "side"),
  },
  {
    name: "side-events-pass-the-same-gate",
    forbids: "an event kind that skips the sender's check (U-17, T-B5)",
    holds(facts, outcome, ask) {
      if (!allows(outcome) || ("event" in facts && facts.event !== "side")) return true;
      const asMessage =
        facts.chat === "group" ? { event: "message", mention: "mentioned" } : { event: "message" };
      return allows(instead(facts, ask, asMessage));
    },
  },
  {
    name: "context-only-from-the-admitted",
    forbids: "words of people who were kept out in what the model reads (U-25)",
    holds(facts, { deed }, ask) {
      if (deed !== "context") return true;
      const asMessage =
        facts.chat === "group" ? { event: "message", mention: "mentioned" } : { event: "message" };
      return allows(instead(facts, ask, asMessage));
    },
  },
  {
    name: "authority-is-the-senders-own",
    forbids: "a turn with more standing than its sender has, or less (U-31, U-65)",
    holds(facts, { authority, deed }) {
      if (deed !== "turn" && deed !== "command") return authority === "stranger" || facts.chat === "operator";
      if (facts.chat === "operator") return authority === "owner";
      if (facts.chat === "unreached") return false;
      return authority === (facts.isOwner ? "owner" : isListed(facts) ? "listed" : "stranger");
    },
  },
  {
    name: "codes-say-why",
    forbids: "a refusal under another name, which sends people to the wrong key",
    holds(facts, { code }) {
      const expected = codeOfRefusal(facts);
      return expected === null || code === expected;
    },
  },
  {
    name: "rules-say-why",
    forbids: "a refusal or a permission that sends people to a key that changes nothing",
    holds(facts, { code, rules: [rule], effect, deed }) {
      if (facts.chat === "unreached") return true;
      if (code === "command-unknown") return rule === "command" && facts.command === "unknown";
      if (code === "command-not-allowed" || deed === "command") return rule === ruleOfCommand(facts, effect);
      return effect !== "allow" || facts.chat !== "dm" || rule === admissionOf(facts);
    },
  },
  {
    name: "config-can-waive-the-mention",
    forbids: "a bot that waits for a mention where the config, or else an owner, asks for none",
    holds(facts, { code }) {
      if (facts.chat !== "group") return true;
      const isActivated = facts.requireMention === "unset" && facts.activation === "always";
      if (facts.requireMention !== "no" && !isActivated) return true;
      return code !== "mention-required" && code !== "mention-undetectable";
    },
  },
  {
    name: "ownership-is-no-admission",
    forbids: "a list of owners that works as a list of people who may write",
    holds(facts, outcome, ask) {
      if (!("isOwner" in facts) || !isText(facts)) return true;
      return instead(facts, ask, { isOwner: !facts.isOwner }).effect === outcome.effect;
    },
  },
  {
    name: "listed-people-are-heard",
    forbids: "a gate so tight that nobody passes: what the documents grant is granted",
    holds(facts, { effect }) {
      if (facts.chat === "unreached" || !isText(facts)) return true;
      if (facts.chat === "operator") return effect === "allow";
      if (facts.chat === "dm") {
        if (facts.dmPolicy === "disabled") return true;
        if (facts.dmPolicy === "open" && facts.allowFrom === "everyone") return effect === "allow";
        if (facts.dmPolicy === "pairing" && facts.isPaired) return effect === "allow";
        return facts.allowFrom !== "named" || effect === "allow";
      }
      if (facts.mention !== "mentioned" || !isAccepted(facts)) return true;
      const { roomList, groupList, groupPolicy } = facts;
      const isOpen = groupPolicy === "open";
      const passesRoom = roomList === "unset" || roomList === "named" || (isOpen && roomList === "everyone");
      const passesAccount =
        isOpen ||
        groupList === "named" ||
        (groupList === "unset" && (groupPolicy !== "allowlist" || facts.fallbackList === "named"));
      return !passesRoom || !passesAccount || effect === "allow";
    },
  },
  {
    name: "unknown-senders-are-told-how",
    forbids: "a pairing policy that never sends a code",
    holds(facts, { effect }) {
      if (facts.chat !== "dm") return true;
      if (facts.dmPolicy !== "pairing" || facts.allowFrom === "named" || facts.isPaired) return true;
      return facts.event !== "message" || effect === "challenge";
    },
  },
  {
    name: "authorised-commands-run",
    forbids:
      "a command gate that refuses those who hold the right, or waits for a mention that no command needs",
    holds(facts, { code }) {
      if (facts.chat === "unreached" || facts.event === "side") return true;
      if (facts.command !== "listed" && facts.command !== "owner") return true;
      if (facts.chat === "operator") return code === "command-allowed";
      if (facts.command === "owner" && !facts.isOwner) return true;
      if (facts.chat === "dm") {
        const isIn = facts.dmPolicy !== "disabled" && facts.allowFrom === "named";
        return !isIn || code === "command-allowed";
      }
      const passesLists = facts.roomList === "named" && facts.groupList === "named";
      if (!passesLists || !isAccepted(facts) || facts.mentionsOthers) return true;
      return code === "command-allowed";
    },
  },
  {
    name: "owners-command-wherever-they-are-heard",
    forbids: "an owner who may talk to the bot and has to list themselves to command it",
    holds(facts, { code }, ask) {
      if (!("isOwner" in facts) || !facts.isOwner || facts.event === "side") return true;
      if (facts.command !== "listed" && facts.command !== "owner") return true;
      if (facts.chat === "group" && facts.mentionsOthers) return true;
      const asText = { command: "none", mention: "mentioned" };
      return !allows(instead(facts, ask, asText)) || code === "command-allowed";
    },
  },
  {
    name: "a-press-is-a-mention",
    forbids: "buttons that do nothing in groups where a mention is asked for",
    holds(facts, { code }) {
      if (facts.chat !== "group" || facts.event !== "button") return true;
      return code !== "mention-required" && code !== "mention-undetectable";
    },
  },
];
