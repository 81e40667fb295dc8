export type { AccessLayout, Canonical, Network } from "./network.ts";
export type {
  ChatKind,
  ChatReference,
  EventKind,
  MessageRequest,
  Request,
  SenderReference,
  StateFacts,
} from "./request.ts";
export type {
  Authority,
  Decision,
  DecisionCode,
  Effect,
  Obligation,
  RuleReference,
  Step,
} from "./decision.ts";
export type { CompileOptions, CompileResult, Policy, PolicyIssue, SourcePosition } from "./policy.ts";
export { commandRights, type CommandRight } from "./command-rights.ts";
export { compile } from "./compile.ts";
export { formatSessionKey, parseSessionKey, type SessionKey } from "./session-key.ts";
export { explain, meanings, type Explanation, type Remedy } from "./explain.ts";
