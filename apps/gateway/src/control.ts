/** What the command line asks of the running gateway, behind the gateway's token. */
import { approvedMessage, type Pairing } from "@clawd/pairing";
import type { HttpMount } from "@clawd/provider-kit";
import type { Outbox } from "@clawd/store";
import { randomUUID } from "node:crypto";
import type { Standing } from "./standing.ts";

export interface ControlPorts {
  readonly pairing: (provider: string, account: string) => Pairing | undefined;
  readonly outbox: Pick<Outbox, "enqueue">;
  readonly wake: () => void;
  readonly standings: () => Promise<readonly Standing[]>;
}

/**
 * `POST /control/pairing-approved {provider, account, id}`: tells a person, who must be approved, that they are.
 * `POST /control/status`: how each configured account stands.
 */
export function mountControl(mount: HttpMount, { pairing, outbox, wake, standings }: ControlPorts): void {
  mount.handle("/control/status", "token", async (request) =>
    request.method === "POST"
      ? Response.json({ standings: await standings() })
      : refusal(405, "Only POST is answered here.", "Use `clawdbot status`."),
  );
  mount.handle("/control/pairing-approved", "token", async (request) => {
    if (request.method !== "POST")
      return refusal(405, "Only POST is answered here.", "Use `clawdbot pairing approve --notify`.");
    const body: unknown = await request.json().catch(() => undefined);
    if (!isPerson(body))
      return refusal(400, "The request is not understood.", "Send provider, account and id as texts.");
    const { provider, account, id } = body;
    if (pairing(provider, account)?.isApproved(id) !== true)
      return refusal(409, "This sender is not approved.", "Approve the request first.");
    outbox.enqueue({
      deliveryId: `approved:${randomUUID()}`,
      provider,
      account,
      chat: { kind: "dm", id, thread: null },
      text: approvedMessage(),
      replyToMessageId: null,
      purpose: "pairing-approved",
      session: null,
      cause: null,
    });
    wake();
    return Response.json({ queued: true });
  });
}

interface Person {
  readonly provider: string;
  readonly account: string;
  readonly id: string;
}

function isPerson(value: unknown): value is Person {
  if (typeof value !== "object" || value === null) return false;
  const { provider, account, id } = value as Record<string, unknown>;
  return typeof provider === "string" && typeof account === "string" && typeof id === "string";
}

function refusal(status: number, message: string, hint: string): Response {
  return Response.json({ error: { code: "CLAWD_CONTROL", message, hint } }, { status });
}
