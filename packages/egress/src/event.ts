/** What a proxy tells the audit. Hosts in canonical form, never a path, a header or a body; no secret can be in any field. */
import type { EgressReason } from "./fault.ts";

export type ProxyReason =
  | EgressReason
  /** No target that can be read, a user in it, or another scheme. */
  | "target-not-valid"
  /** A request that HTTP does not know, or too large a head. */
  | "request-not-valid"
  /** Host says another name than the target. */
  | "host-mismatch"
  /** The TLS client asks for another server than the tunnel was opened to. */
  | "server-name-mismatch"
  | "server-name-missing"
  /** No TLS at 443, or neither HTTP nor TLS at 80. */
  | "protocol-not-allowed"
  | "too-many-connections"
  | "too-many-bytes"
  | "too-slow";

export type ProxyEvent =
  | {
      readonly kind: "connection-opened";
      readonly host: string;
      readonly port: number;
      /** The address that was judged. */
      readonly address: string;
    }
  | {
      readonly kind: "connection-refused";
      /** Empty where none could be read. */
      readonly host: string;
      readonly port: number;
      readonly reason: ProxyReason;
    }
  | {
      readonly kind: "connection-closed";
      readonly host: string;
      readonly port: number;
      /** To the host. */
      readonly sentBytes: number;
      readonly receivedBytes: number;
    }
  | {
      /** A request that a secret was put into. */
      readonly kind: "secret-used";
      readonly host: string;
      readonly port: number;
      readonly method: string;
      readonly header: string;
    };
