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

/** `until` is the end of the approval in milliseconds since 1970; null or absent: it has none. */
export function approvedMessage(until: number | null = null): string {
  const end = until === null ? "" : ` until ${minuteOf(until)} UTC`;
  return `✅ Clawdbot access approved${end}. Send a message to start chatting.`;
}

/** Nobody is promised the rest of the last minute. */
function minuteOf(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace("T", " ");
}
