/**
 * What decisions about tools, sending and sessions may depend on: like `facts.ts`, finite records of booleans and closed
 * words. The words are listed here once, as data; the types are derived from them. The order is the order of the checks.
 */

const truth = [false, true] as const;

/**
 * What the sender's profile says of what is asked, looked up after the message itself was found allowed. `unknown`: the
 * approval names a profile that the config does not have.
 */
export const rightsDomain = {
  profile: ["fits", "unknown"],
  agent: ["granted", "withheld"],
  command: ["none", "granted", "withheld"],
  budget: ["unbounded", "left", "spent"],
} as const;

export const toolDomain = {
  /** With what standing the sender's message would have started the run; `refused`: it would have started none. */
  standing: ["refused", "stranger", "listed", "owner"],
  profile: ["fits", "unknown"],
  /** Whether the sender's profile reaches the agent. */
  agent: ["granted", "withheld"],
  /** Every list outside the sandbox that applies; `refuses` is one that does not let the tool through. */
  lists: ["pass", "refuses"],
  kind: ["exec", "write", "session", "gateway", "admin"],
  /** A run that no message of a person started has no session of its own to be at home in. */
  run: ["turn", "derived"],
  /** The session is the owner's own. */
  isMain: truth,
  mode: ["off", "non-main", "all"],
  /** The lists for sandboxed sessions; `unlisted` is only the built-in allow list that does not name the tool. */
  sandboxLists: ["pass", "unlisted", "refuses"],
  /** The agent's own allow list or profile names the tool, by name or group and not by a wildcard. */
  isNamed: truth,
  workspaceAccess: ["none", "ro", "rw"],
  /** `no`: not asked for. Else the first gate that is shut, or `open`. */
  elevated: ["no", "off", "off-for-agent", "unlisted", "unlisted-for-agent", "open"],
  mayUseSandbox: truth,
  mayUseHost: truth,
  mayUseGateway: truth,
  /** The sender's profile has an owner asked about this tool. */
  asks: truth,
} as const;

export const sendDomain = {
  /** Whether the run may use `message` to that network at all. */
  call: ["allowed", "denied"],
  standing: ["stranger", "listed", "owner"],
  /** `here`: the chat that the run answers. Else whether that chat's own rules accept the bot talking there. */
  target: ["here", "accepted", "refused"],
  /** What the sender's profile grants. */
  sends: ["here", "accepted"],
} as const;

export const sessionDomain = {
  /** Whether the run may use the tool of this operation at all. */
  call: ["allowed", "denied"],
  standing: ["stranger", "listed", "owner"],
  run: ["turn", "derived"],
  operation: ["list", "read", "send", "spawn"],
  /** Whose session, or for `spawn` which agent: this run's own, one that it spawned, of the same agent, of another. */
  target: ["own", "spawned", "same-agent", "other-agent"],
  /** What the sender's profile grants. */
  sessions: ["own", "agent"],
  isSandboxed: truth,
  /** `sandbox.sessionToolsVisibility`. */
  visibility: ["spawned", "all"],
  /** `tools.agentToAgent` names both agents; for `spawn`, `subagents.allowAgents` names the target. */
  isReachable: truth,
  /** For `spawn`: the new session would see or touch more than this one. */
  isLessConfined: truth,
} as const;

type RecordOf<Domain> = {
  readonly [Field in keyof Domain]: Domain[Field] extends readonly (infer Word)[] ? Word : never;
};

export type RightsFacts = RecordOf<typeof rightsDomain>;
export type ToolFacts = RecordOf<typeof toolDomain>;
export type SendFacts = RecordOf<typeof sendDomain>;
export type SessionFacts = RecordOf<typeof sessionDomain>;
export type ToolCheck = keyof ToolFacts;
export type SendCheck = keyof SendFacts;
export type SessionCheck = keyof SessionFacts;

/** The checks in their order, apart from the words: whoever decides asks for nothing else, and carries nothing else. */
export const toolChecks = [
  "standing",
  "profile",
  "agent",
  "lists",
  "kind",
  "run",
  "isMain",
  "mode",
  "sandboxLists",
  "isNamed",
  "workspaceAccess",
  "elevated",
  "mayUseSandbox",
  "mayUseHost",
  "mayUseGateway",
  "asks",
] as const satisfies readonly ToolCheck[];

export const sendChecks = ["call", "standing", "target", "sends"] as const satisfies readonly SendCheck[];

export const sessionChecks = [
  "call",
  "standing",
  "run",
  "operation",
  "target",
  "sessions",
  "isSandboxed",
  "visibility",
  "isReachable",
  "isLessConfined",
] as const satisfies readonly SessionCheck[];
