export { openSessions, type Sessions, type SessionsOptions } from "./sessions.ts";
export { openSessionsReader, type SessionsReader, type SessionSummary } from "./reader.ts";
export type { Route, SessionEntry, SessionPatch } from "./entry.ts";
export type { NewMessage, TranscriptHeader, TranscriptMessage } from "./message.ts";
