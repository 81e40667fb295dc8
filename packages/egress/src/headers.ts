/** Which headers belong to one connection and are never handed on to the next. */

const ofConnection: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
  "http2-settings",
]);

/** By lower-case name. Framing (`content-length`) is not among them. */
export const isOfConnection = (name: string) => ofConnection.has(name);

/** Names with their values in the order of arrival, `raw` as Node gives it, without those of the connection and those it names. */
export function endToEnd(
  raw: readonly string[],
  without: ReadonlySet<string> = new Set(),
): readonly (readonly [name: string, value: string])[] {
  const pairs = raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1]!] as const] : []));
  const named = new Set(
    pairs
      .filter(([name]) => name.toLowerCase() === "connection")
      .flatMap(([, value]) => value.split(",").map((word) => word.trim().toLowerCase())),
  );
  return pairs.filter(([name]) => {
    const lower = name.toLowerCase();
    return !isOfConnection(lower) && !named.has(lower) && !without.has(lower);
  });
}
