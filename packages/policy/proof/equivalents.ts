/** Changes of the source that change no answer, each with the reason. Whatever is not listed here must be noticed. */

export interface Equivalent {
  /** In `src`. */
  readonly file: string;
  /** The line as it is, and as it may become, without indentation. */
  readonly from: string;
  readonly to: readonly string[];
  readonly why: string;
}

const lookedUpAnyway =
  "`get` finds nothing under null or undefined, and `??` goes on: the condition is there for the types";
const besideDefault = "the label stands beside `default`, and the other labels come first";
const withholdsNothing = "both words withhold nothing, and only what withholds is in a trace";

const saysTheSame = "no list keeps out somebody who is admitted, so there is no finer key to tell";
const emptyAnyway = "nothing is found in what is empty: the condition saves the search";

export const equivalents: readonly Equivalent[] = [
  {
    file: "core.ts",
    from: 'case "unreached":',
    to: ['case "dm":', 'case "group":', 'case "operator":'],
    why: besideDefault,
  },
  {
    file: "core.ts",
    from: 'case "disabled":',
    to: ['case "allowlist":', 'case "open":', 'case "pairing":', 'case "rooms":', 'case "unset":'],
    why: besideDefault,
  },
  {
    file: "core.ts",
    from: 'if (facts.command !== "none") return standing === null ? group.refused.listing : group.command[standing];',
    to: [
      'if (facts.command !== "none") return group.command[standing];',
      'if (facts.command !== "none") return false ? group.refused.listing : group.command[standing];',
    ],
    why: "a command of somebody without standing was refused before",
  },
  {
    file: "strictest.ts",
    from: 'if (kind === "run-in") return obligation.place === "gateway" ? "run in the gateway" : "run in the session";',
    to: [
      'if (kind === "run-in") return (obligation.place !== "gateway") ? "run in the gateway" : "run in the session";',
    ],
    why: "two names that are only compared with each other are exchanged",
  },
  {
    file: "meet-obligations.ts",
    from: 'each.kind === "count-against-budget" ? `${each.kind} ${each.profile}` : each.kind;',
    to: ["`${each.kind} ${each.profile}`;", "true ? `${each.kind} ${each.profile}` : each.kind;"],
    why: "the names of all other kinds get the same ending, and stay as different as they were",
  },
  {
    file: "view.ts",
    from: "return question.thread === null ? scope : (scope.topics?.get(question.thread) ?? scope);",
    to: [
      "return (scope.topics?.get(question.thread) ?? scope);",
      "return false ? scope : (scope.topics?.get(question.thread) ?? scope);",
    ],
    why: lookedUpAnyway,
  },
  {
    file: "view.ts",
    from: 'const id = question.senderId ?? "";',
    to: ["const id = question.senderId;"],
    why: "whoever has no id is no person, and has been answered before",
  },
  {
    file: "view.ts",
    from: "const off = command.switchedOnBy === undefined ? undefined : commands.off.get(command.switchedOnBy);",
    to: [
      "const off = commands.off.get(command.switchedOnBy);",
      "const off = false ? undefined : commands.off.get(command.switchedOnBy);",
    ],
    why: lookedUpAnyway,
  },
  {
    file: "view.ts",
    from: 'return commands.list === null || commands.list.has(question.senderId ?? "") ? null : commands.listRule;',
    to: ["return commands.list === null || commands.list.has(question.senderId) ? null : commands.listRule;"],
    why: "neither null nor the empty id is ever in a list",
  },
  ...[
    ["peer", "find(peers, peer)"],
    ["parent", "find(peers, parent)"],
    ["guild", "routes.guilds.get(guild)"],
    ["team", "routes.teams.get(team)"],
  ].map(([id, found]): Equivalent => ({
    file: "view.ts",
    from: `(${id} === null ? null : firstMatch(${found}, guild, team)) ??`,
    to: [`(firstMatch(${found}, guild, team)) ??`, `(false ? null : firstMatch(${found}, guild, team)) ??`],
    why: lookedUpAnyway,
  })),
  {
    file: "tool-view.ts",
    from: 'if (profile !== undefined && profile !== null && authority !== "owner") {',
    to: ['if (true && profile !== null && authority !== "owner") {'],
    why: "a state that was read names a profile or null: the condition is there for the types",
  },
  {
    file: "tool-view.ts",
    from: 'if (profile === null) return { profile: "unknown", agent: "withheld", command: "none", budget: "spent" };',
    to: [
      'if (profile === null) return { profile: "unknown", agent: "granted", command: "none", budget: "spent" };',
      'if (profile === null) return { profile: "unknown", agent: "withheld", command: "granted", budget: "spent" };',
      'if (profile === null) return { profile: "unknown", agent: "withheld", command: "withheld", budget: "spent" };',
      'if (profile === null) return { profile: "unknown", agent: "withheld", command: "none", budget: "left" };',
      'if (profile === null) return { profile: "unknown", agent: "withheld", command: "none", budget: "unbounded" };',
    ],
    why: "an unknown profile decides by itself, and the trace ends with it",
  },
  {
    file: "tool-view.ts",
    from: 'command: command === null ? "none" : commands === null || commands.has(command) ? "granted" : "withheld",',
    to: [
      'command: command === null ? "granted" : commands === null || commands.has(command) ? "granted" : "withheld",',
      'command: command === null ? "none" : commands === null || commands.has(command) ? "none" : "withheld",',
    ],
    why: withholdsNothing,
  },
  {
    file: "tool-view.ts",
    from: 'budget: budget === null ? "unbounded" : state.isWithinBudget === true ? "left" : "spent",',
    to: [
      'budget: budget === null ? "left" : state.isWithinBudget === true ? "left" : "spent",',
      'budget: budget === null ? "unbounded" : state.isWithinBudget === true ? "unbounded" : "spent",',
    ],
    why: withholdsNothing,
  },
  {
    file: "tool-view.ts",
    from: "for (const list of agent.byModel.get(model ?? modelProvider) ?? none) if (refuses(list, tool)) return list;",
    to: ["for (const list of agent.byModel.get(model) ?? none) if (refuses(list, tool)) return list;"],
    why: "a provider is read from a model, so there is none without one",
  },
  {
    file: "tool-view.ts",
    from: "const list = gate.lists === null ? undefined : gate.lists.get(account.network);",
    to: [
      "const list = gate.lists.get(account.network);",
      "const list = false ? undefined : gate.lists.get(account.network);",
    ],
    why: "the global gate always asks for a list, and an agent's gate is only named where it has one",
  },
  {
    file: "standpoint.ts",
    from: 'const isAdmitted = admission.outcome.effect === "allow";',
    to: ["const isAdmitted = false;"],
    why: saysTheSame,
  },
  {
    file: "standpoint.ts",
    from: 'const isAdmitted = admission.outcome.effect === "allow";',
    to: ['const isAdmitted = admission.outcome.effect === "challenge";'],
    why: "nor is there a list that keeps out somebody who is sent a code",
  },
  {
    file: "standpoint.ts",
    from: "admission: isAdmitted ? admission : finer(admission, account, scope, origin),",
    to: [
      "admission: finer(admission, account, scope, origin),",
      "admission: false ? admission : finer(admission, account, scope, origin),",
    ],
    why: saysTheSame,
  },
  {
    file: "standpoint.ts",
    from: 'const senderId = origin.senderId ?? "";',
    to: ["const senderId = origin.senderId;"],
    why: "whoever has no id is no person, and is refused before their id is looked for",
  },
  {
    file: "standpoint.ts",
    from: 'session: run !== "turn" || seat === undefined ? null : sessionOf(account, origin, seat, isOwners),',
    to: ['session: run !== "turn" || false ? null : sessionOf(account, origin, seat, isOwners),'],
    why: "every account has a seat for every agent: the condition is there for the types",
  },
  {
    file: "lookup.ts",
    from: "export const holds = (ids: ReadonlySet<string>, id: string): boolean => ids.size > 0 && ids.has(id);",
    to: ["export const holds = (ids: ReadonlySet<string>, id: string): boolean => true && ids.has(id);"],
    why: emptyAnyway,
  },
  {
    file: "lookup.ts",
    from: "byId.size > 0 ? byId.get(id) : undefined;",
    to: ["byId.get(id);", "true ? byId.get(id) : undefined;"],
    why: emptyAnyway,
  },
];
