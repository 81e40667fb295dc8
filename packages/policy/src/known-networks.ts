/** The networks that the embedder brings. Their code is somebody else's: each is read once, and what is wrong reported. */
import type { AccessLayout, Network } from "./network.ts";

const layouts: readonly AccessLayout[] = ["groups", "guilds", "channels", "operator"];

/** By id. `refuse` is told the place of each that is none, and of one that has the id of another. */
export function knownNetworks(
  networks: readonly Network[],
  refuse: (at: number) => void,
): ReadonlyMap<string, Network> {
  const byId = new Map<string, Network>();
  for (const [at, given] of networks.entries()) {
    const network = readNetwork(given);
    if (network === null || byId.has(network.id)) refuse(at);
    else byId.set(network.id, network);
  }
  return byId;
}

function readNetwork(network: Network): Network | null {
  try {
    const { id, layout, canPair, sharedSenders } = network;
    if (typeof id !== "string" || id === "" || !layouts.includes(layout)) return null;
    if (typeof canPair !== "boolean" || !Array.isArray(sharedSenders)) return null;
    return {
      id,
      layout,
      canPair,
      sharedSenders: [...sharedSenders] as string[],
      canonicalSender: (entry) => network.canonicalSender(entry),
      canonicalChat: (entry) => network.canonicalChat(entry),
    };
  } catch {
    return null;
  }
}
