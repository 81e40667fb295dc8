export { openStore, type Store, type StoreOptions } from "./store.ts";
export { openStoreReader, type StoreReader } from "./reader.ts";
export type { Inbox, InboxEvent, InboxReader, PendingEvent } from "./inbox.ts";
export type { Outbox, OutboxEntry, OutboxMessage, OutboxReader, OutboxState } from "./outbox.ts";
export type { Notes } from "./notes.ts";
export type { Audit, AuditQuery, AuditReader } from "./audit.ts";
export type { AuditDetail, AuditEntry, AuditHead, AuditRecord } from "./audit-record.ts";
export type { AuditVerification } from "./audit-verify.ts";
export type { Usage, Used } from "./usage.ts";
