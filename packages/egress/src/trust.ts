/**
 * What programs in a container need to go through the proxy, and to trust the gateway's certificates for the hosts with secrets.
 * The bundle is the list of roots that this gateway's Node trusts with our own after it, so that one file is right for programs
 * that take a list instead of the system's; the system's own list in the image is left alone.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemRoots } from "./secure.ts";

/** Beside the socket. They hold nothing secret. */
export const trustFiles = { certificate: "egress-ca.pem", bundle: "egress-roots.pem" } as const;

export function writeTrust(directory: string, certificate: string): void {
  writeFileSync(join(directory, trustFiles.certificate), certificate, { mode: 0o644 });
  const bundle = [...systemRoots(), certificate].map((pem) => `${pem.trim()}\n`).join("");
  writeFileSync(join(directory, trustFiles.bundle), bundle, { mode: 0o644 });
}

export interface ContainerEnvironmentOptions {
  /** Where the supervisor listens inside the container. Default 3128. */
  readonly port?: number;
  /** Where the directory of `listenForContainer` is mounted, as the container sees it; absent: no host has secrets. */
  readonly directory?: string;
}

/** For curl, git, npm, pip, Node and Python, and for whoever reads the usual names. */
export function containerEnvironment(
  options: ContainerEnvironmentOptions = {},
): Readonly<Record<string, string>> {
  const { port = 3128, directory } = options;
  const proxy = `http://127.0.0.1:${port}`;
  return {
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    ALL_PROXY: proxy,
    NO_PROXY: "",
    http_proxy: proxy,
    https_proxy: proxy,
    all_proxy: proxy,
    no_proxy: "",
    npm_config_proxy: proxy,
    npm_config_https_proxy: proxy,
    npm_config_noproxy: "",
    NODE_USE_ENV_PROXY: "1",
    ...(directory === undefined ? {} : trustIn(directory)),
  };
}

function trustIn(directory: string): Readonly<Record<string, string>> {
  const bundle = `${directory}/${trustFiles.bundle}`;
  return {
    SSL_CERT_FILE: bundle,
    CURL_CA_BUNDLE: bundle,
    REQUESTS_CA_BUNDLE: bundle,
    GIT_SSL_CAINFO: bundle,
    PIP_CERT: bundle,
    npm_config_cafile: bundle,
    // Added to Node's own list, so ours alone.
    NODE_EXTRA_CA_CERTS: `${directory}/${trustFiles.certificate}`,
  };
}
