/** What the slices about runs share: a house with an owner, friends and strangers, and the questions that its runs ask. */
import type {
  MessageRequest,
  Origin,
  RunReference,
  SendRequest,
  StateFacts,
  ToolRequest,
} from "../src/request.ts";
import { circle } from "./networks.ts";
import { product, written } from "./product.ts";
import type { Case } from "./scope.ts";

/** Olga owns it, alice and bob are friends; carol is a stranger in the group `g1`, and nobody in direct messages. */
export const ownership = {
  commands: { ownerAllowFrom: ["circle:olga", "castle:olga", "harbour:olga"] },
};
export const friends = { allowFrom: ["olga", "alice", "bob"], groups: { g1: {} } };
export const house = { ...ownership, circle: friends };

const origin = (chat: Origin["chat"], id: string, provider: string = circle.id): Origin => ({
  provider,
  chat,
  sender: { id },
});

export const directly = (id: string, provider: string = circle.id): Origin =>
  origin({ kind: "dm", id }, id, provider);
export const inGroup = (id: string, thread?: string): Origin =>
  origin(thread === undefined ? { kind: "group", id: "g1" } : { kind: "group", id: "g1", thread }, id);
export const inChannel = (id: string, provider: string, channel: Partial<Origin["chat"]> = {}): Origin =>
  origin({ kind: "channel", id: "c1", guild: "G1", ...channel }, id, provider);
/** The operator's page. */
export const atDesk: Origin = directly("web", "desk");

/** Every standing, in a chat of each kind; carol in a direct message is let in only where she is paired. */
export const everyone: readonly Origin[] = [
  directly("olga"),
  inGroup("olga"),
  directly("alice"),
  inGroup("alice"),
  inGroup("carol"),
  directly("carol"),
  atDesk,
];

interface RunAxes {
  readonly from: readonly Origin[];
  readonly agent?: readonly string[];
  readonly run?: readonly RunReference["run"][];
  readonly via?: readonly RunReference["via"][];
  readonly contributors?: readonly RunReference["contributors"][];
  readonly model?: readonly (string | undefined)[];
  readonly state?: readonly StateFacts[];
}

const defaults = {
  agent: ["main"],
  run: [undefined],
  via: [undefined],
  contributors: [undefined],
  model: [undefined],
  state: [{}],
} as const;

/** Every question of the product: the same for each kind of run, with what is asked about it. */
function questions<Question extends object>(axes: RunAxes, asked: readonly Question[]): readonly Case[] {
  return product({ ...defaults, ...axes, asked }).map(({ from, state, asked: question, ...run }) => ({
    request: written({ ...from, ...run, ...question }) as unknown as Case["request"],
    state,
  }));
}

export function calls(
  axes: RunAxes & {
    readonly tool: readonly string[];
    readonly elevated?: readonly ToolRequest["elevated"][];
  },
): readonly Case[] {
  const { tool, elevated = [undefined], ...run } = axes;
  const action = ["tool"] as const;
  return questions(run, product({ action, tool, elevated }));
}

export function sendings(axes: RunAxes & { readonly to: readonly SendRequest["to"][] }): readonly Case[] {
  const { to, ...run } = axes;
  return questions(run, product({ action: ["send"] as const, to }));
}

export function sessionCalls(
  axes: RunAxes & {
    readonly asked: readonly (
      | { readonly operation: "list" | "read" | "send"; readonly session: string }
      | { readonly operation: "spawn"; readonly target: string }
    )[];
  },
): readonly Case[] {
  const { asked, ...run } = axes;
  return questions(
    run,
    asked.map((each) => ({ action: "session" as const, ...each })),
  );
}

/** The message that these origins would have sent, with whatever else is said of it. */
export function messages(
  from: readonly Origin[],
  said: readonly Partial<MessageRequest>[],
  state: readonly StateFacts[],
): readonly Case[] {
  return product({ from, said, state }).map((point) => ({
    request: { action: "message", ...point.from, ...point.said },
    state: point.state,
  }));
}
