/** What the command line asks of the running gateway, behind the gateway's token. */
import type { Offer, Standing } from "@clawd/core";
import type { Issue } from "@clawd/kernel";
import { approvedMessage, type Pairing } from "@clawd/pairing";
import type { HttpMount } from "@clawd/provider-kit";
import type { OutboxMessage } from "@clawd/store";
import { randomUUID } from "node:crypto";

export interface ControlPorts {
  readonly pairing: (provider: string, account: string) => Pairing | undefined;
  readonly send: (message: OutboxMessage) => void;
  readonly standings: () => Promise<readonly Standing[]>;
  /** Reads the config on disk again and takes it over if it widens nothing. */
  readonly offerConfig: () => Promise<
    Offer | { readonly state: "invalid"; readonly issues: readonly Issue[] }
  >;
  readonly acceptConfig: (hash: string) => Promise<Offer | null>;
}

/**
 * `POST /control/pairing-approved {provider, account, id}`: tells a person, who must be approved, that they are, and until when.
 * `POST /control/status`: how each configured account stands.
 * `POST /control/config {}`: takes over the config on disk, unless it widens access; `{ack: hash}`: an owner's word for
 * exactly the difference that waits.
 */
export function mountControl(mount: HttpMount, ports: ControlPorts): void {
  const { pairing, send, standings, offerConfig, acceptConfig } = ports;
  mount.handle("/control/config", "token", async (request) => {
    if (request.method !== "POST")
      return refusal(405, "Only POST is answered here.", "Use `clawdbot config apply`.");
    const body = Object(await request.json().catch(() => undefined)) as { readonly ack?: unknown };
    if (body.ack === undefined) return Response.json(await offerConfig());
    const accepted = typeof body.ack === "string" ? await acceptConfig(body.ack) : null;
    return accepted === null
      ? refusal(
          409,
          "No change of the config waits under this hash.",
          "See what waits with `clawdbot config apply`.",
        )
      : Response.json(accepted);
  });
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
    const grant = pairing(provider, account)?.grantOf(id);
    if (grant === undefined)
      return refusal(409, "This sender is not approved.", "Approve the request first.");
    send({
      deliveryId: `approved:${randomUUID()}`,
      provider,
      account,
      chat: { kind: "dm", id, thread: null },
      text: approvedMessage(grant.until),
      replyToMessageId: null,
      purpose: "pairing-approved",
      session: null,
      cause: null,
    });
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
