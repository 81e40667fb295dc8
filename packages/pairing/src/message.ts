/** What a stranger is told: their own id, their code, and what to ask for. Nothing about the owner. */

export interface CodeMessage {
  /** What a person's id is called on this network: `Telegram user id`. */
  readonly senderIdLabel: string;
  /** Canonical, the reader's own. */
  readonly id: string;
  readonly code: string;
  readonly provider: string;
}

export function pairingMessage({ senderIdLabel, id, code, provider }: CodeMessage): string {
  return [
    "Clawdbot: access not configured.",
    "",
    `Your ${senderIdLabel}: ${id}`,
    "",
    `Pairing code: ${code}`,
    "",
    "Ask the bot owner to approve with:",
    `clawdbot pairing approve ${provider} ${code}`,
  ].join("\n");
}

export function approvedMessage(): string {
  return "✅ Clawdbot access approved. Send a message to start chatting.";
}
