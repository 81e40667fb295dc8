/** TLS over a connection that was dialled already: verified for the name that was asked for, HTTP/1.1 alone. */
import type { Socket } from "node:net";
import {
  connect,
  createSecureContext,
  getCACertificates,
  rootCertificates,
  type SecureContext,
  type TLSSocket,
} from "node:tls";
import { broken } from "./fault.ts";
import type { Host } from "./host.ts";

/** Roots of one's own besides those that Node trusts: PEM, for the certificate authority of a company. */
export function trusting(roots: readonly string[] = []): SecureContext {
  return createSecureContext({ ca: [...systemRoots(), ...roots], minVersion: "TLSv1.2" });
}

/** Those that Node trusts, with what NODE_EXTRA_CA_CERTS adds. */
export function systemRoots(): readonly string[] {
  // Node 22.15 and newer; before that only the list that comes with Node can be read.
  return (getCACertificates as typeof getCACertificates | undefined)?.("default") ?? rootCertificates;
}

/** @throws EgressFault CLAWD_EGRESS_BROKEN when the certificate is not the host's; the signal's reason. */
export function secure(
  socket: Socket,
  host: Host,
  context: SecureContext,
  signal?: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const tls = connect({
      socket,
      host: host.name,
      ...(host.isAddress ? {} : { servername: host.name }),
      ALPNProtocols: ["http/1.1"],
      secureContext: context,
      rejectUnauthorized: true,
    });
    const abort = () => give(signal!.reason);
    const give = (fault: unknown) => {
      signal?.removeEventListener("abort", abort);
      tls.destroy();
      socket.destroy();
      reject(signal?.aborted ? fault : broken());
    };
    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort, { once: true });
    tls.once("error", give);
    tls.once("secureConnect", () => {
      signal?.removeEventListener("abort", abort);
      tls.on("error", () => {});
      tls.off("error", give);
      resolve(tls);
    });
  });
}
