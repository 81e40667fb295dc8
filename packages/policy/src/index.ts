export type { AccessLayout, Canonical, Network } from "./network.ts";
export type {
  ChatKind,
  ChatReference,
  EventKind,
  MessageRequest,
  Origin,
  Request,
  RunKind,
  RunReference,
  SenderReference,
  SendRequest,
  SessionRequest,
  StateFacts,
  ToolRequest,
} from "./request.ts";
export type {
  Authority,
  Budget,
  Decision,
  DecisionCode,
  Effect,
  Obligation,
  Place,
  RuleReference,
  RunIn,
  SandboxScope,
  Step,
  WorkspaceAccess,
} from "./decision.ts";
export type { CompileOptions, CompileResult, Policy, PolicyIssue, SourcePosition } from "./policy.ts";
export { commandRights, type CommandRight } from "./command-rights.ts";
export { compile } from "./compile.ts";
export { portable } from "./portable.ts";
export { formatSessionKey, parseSessionKey, type SessionKey } from "./session-key.ts";
export { strictest } from "./strictest.ts";
export { standardTools, type ToolDescriptor, type ToolKind } from "./tool-catalogue.ts";
