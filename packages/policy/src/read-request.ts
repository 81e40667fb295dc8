/** What is asked. INVARIANT: a value that is no request gives null, never an exception (read-request.test.ts). */
import { isRecord } from "./read-field.ts";
import { readMessage, type Question } from "./read-message.ts";
import { readRun, type RunQuestion } from "./read-run.ts";

export type Asked = Question | RunQuestion;

export function readRequest(request: unknown): Asked | null {
  try {
    if (isPolluted() || !isRecord(request)) return null;
    return request["action"] === "message" ? readMessage(request) : readRun(request);
  } catch {
    // A getter or proxy that throws: not a request.
    return null;
  }
}

const nothing = Object.freeze({});

/** Somebody has put a field on `Object.prototype`; then absent facts cannot be told from present ones. */
function isPolluted(): boolean {
  for (const _ in nothing) return true;
  return false;
}
