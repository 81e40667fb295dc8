/** What `toolCore`, `sendCore` and `sessionCore` can answer: closed sets of values, made once. */
import type { DecisionCode, Place } from "./decision.ts";
import {
  sendChecks,
  sessionChecks,
  toolChecks,
  type SendCheck,
  type SessionCheck,
  type ToolCheck,
} from "./tool-facts.ts";

export interface RunOutcome<Check extends string> {
  readonly effect: "allow" | "deny";
  readonly code: DecisionCode;
  /** The check whose rule decided. */
  readonly rule: Check;
  /** How many checks, in the order of the domain, were enough to decide: the length of the trace. */
  readonly depth: number;
}

export interface ToolOutcome extends RunOutcome<ToolCheck> {
  readonly place: Place | null;
  /** An owner is asked first. */
  readonly asks: boolean;
}

function maker<Check extends string>(order: readonly Check[]) {
  return (effect: "allow" | "deny", code: DecisionCode, rule: Check, last: Check = rule): RunOutcome<Check> =>
    Object.freeze({ effect, code, rule, depth: order.indexOf(last) + 1 });
}

const toolAnswer = maker<ToolCheck>(toolChecks);
const deny = (code: DecisionCode, rule: ToolCheck, last: ToolCheck = rule): ToolOutcome =>
  Object.freeze({ ...toolAnswer("deny", code, rule, last), place: null, asks: false });
const allow = (place: Place, rule: ToolCheck, asks: boolean): ToolOutcome =>
  Object.freeze({ ...toolAnswer("allow", "tool-allowed", rule, "asks"), place, asks });

export const tool = {
  /** The denial of the message that started the run stands for it. */
  notAdmitted: deny("bad-request", "standing"),
  unknownProfile: deny("profile-unknown", "profile"),
  agentWithheld: deny("agent-not-allowed", "agent"),
  forOwners: deny("owner-only-tool", "kind", "run"),
  unlisted: deny("tool-not-allowed", "lists"),
  notInSandbox: deny("tool-not-in-sandbox", "sandboxLists", "isNamed"),
  readOnly: deny("workspace-read-only", "workspaceAccess", "elevated"),
  notElevated: deny("elevated-not-allowed", "elevated"),
  hostForStranger: deny("host-not-allowed", "mode", "elevated"),
  placeWithheld: {
    sandbox: deny("place-not-allowed", "mayUseSandbox", "asks"),
    host: deny("place-not-allowed", "mayUseHost", "asks"),
    gateway: deny("place-not-allowed", "mayUseGateway", "asks"),
  },
  inSandbox: allow("sandbox", "mode", false),
  onHost: allow("host", "mode", false),
  onHostAsking: allow("host", "mode", true),
  inGateway: allow("gateway", "lists", false),
  inGatewayAsking: allow("gateway", "lists", true),
} as const;

const sending = maker<SendCheck>(sendChecks);

export const send = {
  denied: sending("deny", "tool-not-allowed", "call"),
  here: sending("allow", "send-allowed", "target"),
  elsewhere: sending("allow", "send-allowed", "target", "sends"),
  withheld: sending("deny", "send-not-allowed", "sends"),
  refused: sending("deny", "recipient-not-accepted", "target", "sends"),
} as const;

const reaching = maker<SessionCheck>(sessionChecks);

export const session = {
  denied: reaching("deny", "tool-not-allowed", "call"),
  own: reaching("allow", "session-allowed", "target"),
  others: reaching("allow", "session-allowed", "target", "isLessConfined"),
  ofAnother: reaching("deny", "session-of-another", "sessions"),
  notVisible: reaching("deny", "session-not-visible", "visibility"),
  outsideRun: reaching("deny", "session-not-visible", "run", "target"),
  notReachable: reaching("deny", "agent-not-reachable", "isReachable"),
  lessConfined: reaching("deny", "less-confined", "isLessConfined"),
} as const;
