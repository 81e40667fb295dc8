/** Pairing by chat: a stranger is told a code, and the owner types it. */
import { type Pairing, pairingFacts } from "@clawd/pairing";
import type { Origin, StateFacts } from "@clawd/policy";

/** What a decision asks of the pairing. An approval may end, and may name a profile of rights. */
export function stateOf(pairing: Pairing, { chat, sender }: Origin): StateFacts {
  return pairingFacts(chat, () => (sender.id === null ? undefined : pairing.grantOf(sender.id)));
}

/** The code in what the owner writes: `approve ABCD2345`. */
export function codeIn(text: string): string | undefined {
  return /\bapprove ([A-Z2-9]{8})$/.exec(text)?.[1];
}

/** `name` is shown to the owner and means nothing else. */
export interface Stranger {
  readonly id: string;
  readonly name: string;
}

export async function sendCode(
  pairing: Pairing,
  { id, name }: Stranger,
  send: (text: string) => Promise<unknown>,
): Promise<void> {
  const asked = pairing.ask({ id, meta: { name } });
  // Otherwise they have their code already, or are not to hear anything.
  if (asked.outcome !== "created" && asked.outcome !== "undelivered") return;
  try {
    await send(`I do not know you yet. My owner can let you in with: approve ${asked.code}`);
    pairing.delivered(id);
  } catch {
    // Their next message fetches the same code again.
    pairing.undeliverable(id);
  }
}

/** What to tell the owner. */
export function approve(pairing: Pairing, code: string): string {
  try {
    const approved = pairing.approve(code);
    return approved === undefined ? "Nobody has this code." : `${approved.id} may write to me now.`;
  } catch (thrown) {
    // Ten wrong codes lock it for a while; a broken file of the store is named.
    return thrown instanceof Error ? thrown.message : "That did not work.";
  }
}
