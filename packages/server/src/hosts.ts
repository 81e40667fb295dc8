/** Which Host and Origin a request may carry: exact names only, which is what stops DNS rebinding and foreign web pages. */

export interface AllowedHosts {
  /** True for the value of a Host header that names this server. */
  allowsHost(host: string): boolean;
  /** True for the value of an Origin header of a page that this server has served itself. */
  allowsOrigin(origin: string): boolean;
}

/** @param configured names a proxy or another machine uses, `name` (with this port or the scheme's own) or `name:port`. */
export function allowHosts(port: number, configured: readonly string[]): AllowedHosts {
  const hosts = new Set(["127.0.0.1", "localhost", "[::1]"].map((name) => `${name}:${port}`));
  if (port === 80) for (const host of hosts) hosts.add(host.slice(0, -":80".length));
  for (const entry of configured) {
    const name = entry.toLowerCase();
    hosts.add(name);
    if (!/:\d+$/.test(name)) hosts.add(`${name}:${port}`);
  }
  return {
    allowsHost: (host) => hosts.has(host.toLowerCase()),
    allowsOrigin: (origin) => {
      const [, host] = /^https?:\/\/([^/]+)$/.exec(origin.toLowerCase()) ?? [];
      return host !== undefined && hosts.has(host);
    },
  };
}
