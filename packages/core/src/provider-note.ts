/** A provider's note is kept in the transaction of what it belongs to, so that neither is there without the other. */
import type { Store } from "@clawd/store";
import type { Connections } from "./connections.ts";

export function noteKey(provider: string, account: string): string {
  return JSON.stringify(["provider", provider, account]);
}

/** Call it inside a transaction. */
export function keepNote(
  { provider, account }: { readonly provider: string; readonly account: string },
  ports: { readonly store: Pick<Store, "notes">; readonly connections: Pick<Connections, "get"> },
): void {
  const note = ports.connections.get(provider, account)?.link.note() ?? null;
  if (note !== null) ports.store.notes.set(noteKey(provider, account), note);
}
