/** The networks of the proofs: one of each layout, one that cannot pair; no real one, so nothing depends on a name. */
import type { Canonical, Network } from "../src/network.ts";

const prefix = /^(circle|castle|harbour|desk|mute):/;

/** Trims, strips the network's own prefix, and refuses names (`@alice`), other networks' ids and everything empty. */
function canonical(network: string, entry: string): Canonical {
  const trimmed = entry.trim();
  const id = trimmed.startsWith(`${network}:`) ? trimmed.slice(network.length + 1) : trimmed;
  if (/^[^\s@*][^\s*]*$/.test(id) && !prefix.test(id)) return { ok: true, id };
  return { ok: false, message: "This is no id.", hint: "Write the id that the network shows." };
}

function network(id: string, layout: Network["layout"], canPair = true): Network {
  const known = new Map<string, Canonical>();
  const canonicalId = (entry: string) => {
    const found = known.get(entry) ?? canonical(id, entry);
    known.set(entry, found);
    return found;
  };
  return {
    id,
    layout,
    canPair,
    sharedSenders: ["everybody"],
    canonicalSender: canonicalId,
    canonicalChat: canonicalId,
  };
}

/** People write to each other in groups that may have topics. */
export const circle = network("circle", "groups");
/** Guilds with channels, and threads that have ids of their own. */
export const castle = network("castle", "guilds");
/** A workspace of channels, with threads inside them. */
export const harbour = network("harbour", "channels");
/** Whoever writes here holds the gateway's token. */
export const desk = network("desk", "operator");
/** Nobody can be sent a pairing code here. */
export const mute = network("mute", "groups", false);

export const networks: readonly Network[] = [circle, castle, harbour, desk, mute];
