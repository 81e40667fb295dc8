/**
 * Updates that Telegram posts to us.
 * INVARIANT: nothing of a request but its path and its secret is looked at before the secret is known to be right
 * ("reads no body before the secret").
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { HttpHandler } from "@clawd/provider-kit";
import type { Update } from "grammy/types";

/** Larger than any update; Telegram's own messages stay below 100 KB. */
const maxBytes = 1024 * 1024;
const secretHeader = "x-telegram-bot-api-secret-token";

export interface WebhookOptions {
  readonly path: string;
  readonly secret: string;
  /** Resolves once the update is stored; null while nobody is there to take it. */
  readonly store: (update: Update) => Promise<void> | null;
  /** Somebody knows the address but not the secret. */
  readonly refused: () => void;
}

export function webhookHandler({ path, secret, store, refused }: WebhookOptions): HttpHandler {
  const expected = digest(secret);
  return async (request) => {
    if (new URL(request.url).pathname !== path) return answer(404);
    // A header that came twice is joined with a comma, which no secret contains.
    const given = request.headers.get(secretHeader) ?? "";
    if (!timingSafeEqual(digest(given), expected)) {
      refused();
      return answer(401);
    }
    if (request.method !== "POST") return answer(405);
    const body = await boundedText(request);
    if (body === undefined) return answer(413);
    const update = parseUpdate(body);
    if (update === undefined) return answer(400);
    try {
      const stored = store(update);
      if (stored === null) return answer(503);
      await stored;
      return answer(200);
    } catch {
      // Telegram delivers again what was not answered with 200.
      return answer(503);
    }
  };
}

/** Digests have one length, which `timingSafeEqual` asks for. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function answer(status: number): Response {
  return new Response(null, { status });
}

/** Undefined when there is more than an update can be. */
async function boundedText(request: Request): Promise<string | undefined> {
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseUpdate(body: string): Update | undefined {
  try {
    const update = JSON.parse(body) as Partial<Update> | null;
    return Number.isSafeInteger(update?.update_id) ? (update as Update) : undefined;
  } catch {
    return undefined;
  }
}
