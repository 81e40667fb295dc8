export type { AccessLayout, Canonical, Network } from "./network.ts";
export type { Attachment, ChatFacts, ChatKind, EventKind, InboundEvent, SenderFacts } from "./event.ts";
export {
  defineProvider,
  type ConnectionState,
  type Delivery,
  type HttpHandler,
  type HttpMount,
  type OutboundMessage,
  type Provider,
  type ProviderCapabilities,
  type ProviderConnection,
  type ProviderPorts,
  type SettingSchema,
} from "./provider.ts";
export { type Button, buttonLimits, checkButtons, fitsButton, writtenOut } from "./button.ts";
export type { FetchedFile, FetchLimit, FileCapabilities, OutboundFile } from "./file.ts";
export { fileFault, type FileFault } from "./file-fault.ts";
export { withinTime } from "./within-time.ts";
export { readAtMost } from "./read-at-most.ts";
export { maxFiles, readFiles, type ReadFile } from "./read-files.ts";
export { SendError, type SendOutcome } from "./send-error.ts";
export { splitText } from "./split-text.ts";
export { parseCommand, type ParsedCommand } from "./parse-command.ts";
export {
  compileMentionPatterns,
  matchesMention,
  mentionPatternsFor,
  type MentionPatterns,
} from "./mention.ts";
export { displayName } from "./display-name.ts";
export { digits, exactly, idReader, jid, phoneNumber, signedDigits, snowflake, uuid } from "./canonical.ts";
export type { IdForm, IdMistake, IdReaderOptions } from "./canonical.ts";
export { createRateLimiter, type RateLimiter, type RateLimiterOptions } from "./rate-limiter.ts";
export type { Rate } from "./bucket.ts";
export { createLru, type Lru } from "./lru.ts";
