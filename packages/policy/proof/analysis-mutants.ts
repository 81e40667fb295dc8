/** Faults of the analysis: what it would overlook, or make up. */
import type { AnalysisQuestion } from "./analysis-check.ts";

export interface AnalysisMutant {
  readonly name: string;
  /** In `src/analysis`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Whose answers are wrong then. */
  readonly question: AnalysisQuestion;
}

export const analysisMutants: readonly AnalysisMutant[] = [
  {
    name: "the lists of rooms tell nobody apart",
    file: "sender-classes.ts",
    from: "for (const { people } of scope.roomLists) sets.push(people.ids);",
    to: "",
    question: "diff",
  },
  {
    name: "the lists of elevated mode tell nobody apart",
    file: "sender-classes.ts",
    from: 'gate.has(id) ? "1" : "0"',
    to: 'gate.has(id) ? "0" : "0"',
    question: "reach",
  },
  {
    name: "a thread is taken for its room, whatever is bound to it",
    file: "chat-coordinates.ts",
    from: "for (const thread of threads) if (thread !== room) yield { ...at, thread };",
    to: "",
    question: "reach",
  },
  {
    name: 'guilds are not told apart where only "*" names them',
    file: "named-ids.ts",
    from: "guilds.length > 0 || known.some((account) => account.guilds !== null) ? guilds : null",
    to: "guilds.length > 0 ? guilds : null",
    question: "diff",
  },
  {
    name: "nobody is ever paired",
    file: "landscape.ts",
    from: 'spot.chat.kind === "dm" ? [false, true] : [null]',
    to: 'spot.chat.kind === "dm" ? [false] : [null]',
    question: "reach",
  },
  {
    name: "the activation of a chat is left out",
    file: "message-changes.ts",
    from: 'isActivated: scopes.some(({ requireMention }) => requireMention === "unset"),',
    to: "isActivated: false,",
    question: "diff",
  },
  {
    name: "a tool that a room no longer refuses is overlooked",
    file: "run-changes.ts",
    from: 'note(denied, after, crowds.of(index, wanted, "01"));',
    to: "",
    question: "diff",
  },
  {
    name: "a session that moves to another name is overlooked",
    file: "run-bases.ts",
    from: "const isMoved = common !== undefined && !!first && !!second && first.session !== second.session;",
    to: "const isMoved = false;",
    question: "diff",
  },
  {
    name: "a sub-agent is asked as if nothing stood above it",
    file: "reach-runs.ts",
    from: 'allowed(base, id, "turn", callOf(wanted), [model]).some(',
    to: '[{ answer: { effect: "allow" } as Answer }].some(',
    question: "reach",
  },
  {
    name: "an entry is dead where it is dead in one chat",
    file: "dead-people.ts",
    from: "return here.every(({ spot, keyOf }, at) => {",
    to: "return here.some(({ spot, keyOf }, at) => {",
    question: "dead",
  },
  {
    name: "a rule of a room is dead where its messages do not change",
    file: "dead-places.ts",
    from: "alike.messages(a, b) && alike.runs(a, b)",
    to: "alike.messages(a, b)",
    question: "dead",
  },
  {
    name: "an entry of allow is not looked for among the tools that an agent names",
    file: "agents-without.ts",
    from: "...(isAllow && { named: namedTools(edited, node) }),",
    to: "",
    question: "dead",
  },
  {
    name: "the lists of rooms never decide",
    file: "coverage.ts",
    from: "  askRooms(landscape, plan, ask);\n",
    to: "",
    question: "coverage",
  },
];
