/** An engine on the network, as it is written. */

/** What Docker listens on where it asks for certificates. */
const securePort = 2376;

/** `tcp://host:port`, nothing behind it; null for anything else. */
export function tcpTarget(text: string): { readonly host: string; readonly port: number } | null {
  const match =
    /^tcp:\/\/(\[[0-9a-f:.]{2,45}\]|[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?::(\d{1,5}))?\/?$/i.exec(text);
  const port = Number(match?.[2] ?? securePort);
  if (match === null || port < 1 || port > 65_535) return null;
  return { host: match[1]!.replace(/^\[|\]$/g, ""), port };
}
