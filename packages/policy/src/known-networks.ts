/** The networks that the embedder brings. Their code is somebody else's: each is read once, and what is wrong reported. */
import type { ConfigPath } from "./config-path.ts";
import type { AccessLayout, Network } from "./network.ts";

const layouts: readonly AccessLayout[] = ["groups", "guilds", "channels", "operator"];
/** Of networks, and of the shared senders of each. */
const most = 10_000;

/** By id. `refuse` is told the place of each that is none, and of one that has the id of another. */
export function knownNetworks(
  networks: readonly Network[],
  refuse: (path: ConfigPath) => void,
): ReadonlyMap<string, Network> {
  const byId = new Map<string, Network>();
  const path = ["options", "networks"];
  if (!isList(networks)) refuse(path);
  else {
    networks.forEach((given, at) => {
      const network = readNetwork(given);
      if (network === null || byId.has(network.id)) refuse([...path, at]);
      else byId.set(network.id, network);
    });
  }
  return byId;
}

const isList = (value: unknown): boolean => Array.isArray(value) && value.length <= most;

function readNetwork(network: Network): Network | null {
  try {
    const { id, layout, canPair, sharedSenders } = network;
    if (typeof id !== "string" || id === "" || !layouts.includes(layout)) return null;
    if (typeof canPair !== "boolean" || !isList(sharedSenders)) return null;
    return {
      id,
      layout,
      canPair,
      sharedSenders: [...sharedSenders],
      canonicalSender: (entry) => network.canonicalSender(entry),
      canonicalChat: (entry) => network.canonicalChat(entry),
    };
  } catch {
    return null;
  }
}
