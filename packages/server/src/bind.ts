/** What a bind mode of the config means. */

export type BindMode = "loopback" | "lan";

/** The address to listen on; anything unknown is the narrow one. */
export function bindAddress(mode: BindMode): "127.0.0.1" | "0.0.0.0" {
  return mode === "lan" ? "0.0.0.0" : "127.0.0.1";
}
