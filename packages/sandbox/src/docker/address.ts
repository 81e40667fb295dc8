/** Where the engine is. INVARIANT: only the owner's config or the gateway's own environment says so (docker-address.test.ts). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tcpTarget } from "../tcp-target.ts";
import { unavailable } from "./fault.ts";

/** A unix socket, or a host to which both sides show a certificate. */
export type EngineAddress = { readonly socket: string } | { readonly tls: EngineTls };

export interface EngineTls {
  readonly host: string;
  readonly port: number;
  /** In PEM: the authority that the engine's certificate is of, and the gateway's own. */
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** What the config says: `agents.defaults.sandbox.docker`. */
export interface EngineSetting {
  /** A path, `unix://…` or `tcp://host:port`. */
  readonly socket?: string | undefined;
  /** Directory of `ca.pem`, `cert.pem` and `key.pem`. */
  readonly certPath?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const defaultSocket = "/var/run/docker.sock";
const write =
  "Set agents.defaults.sandbox.docker.socket to the path of a socket, such as /var/run/docker.sock, or to tcp://host:2376 with certificates.";

/**
 * The setting, else `DOCKER_HOST` of the gateway's environment, else Docker's own default.
 * @param environment the gateway's; never one that a workspace, a tool or a model had a part in.
 * @throws CLAWD_ENGINE_UNAVAILABLE when it is no address, or a host without certificates: whoever reaches an engine is root there.
 */
export function engineAddress(setting: EngineSetting, environment: Environment): EngineAddress {
  const host = setting.socket ?? environment["DOCKER_HOST"];
  if (host === undefined || host === "") return { socket: defaultSocket };
  const path = host.startsWith("unix://") ? host.slice("unix://".length) : host;
  if (path.startsWith("/") && !path.includes("\0")) return { socket: path };
  const target = tcpTarget(host);
  if (target === null)
    throw unavailable("The container engine named is neither a socket nor a host.", undefined, write);
  return { tls: { ...target, ...certificates(setting.certPath ?? environment["DOCKER_CERT_PATH"]) } };
}

function certificates(directory: string | undefined): Pick<EngineTls, "ca" | "cert" | "key"> {
  const hint =
    "Set agents.defaults.sandbox.docker.certPath, or DOCKER_CERT_PATH, to the directory of ca.pem, cert.pem and key.pem.";
  if (directory === undefined || directory === "")
    throw unavailable(
      "The container engine is on the network, and no certificates are named for it.",
      undefined,
      hint,
    );
  try {
    const [ca, cert, key] = ["ca.pem", "cert.pem", "key.pem"].map((name) =>
      readFileSync(join(directory, name)),
    );
    return { ca: ca!, cert: cert!, key: key! };
  } catch (cause) {
    throw unavailable("The certificates for the container engine cannot be read.", cause, hint);
  }
}
