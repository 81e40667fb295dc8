/** A client of one engine, and nothing that the environment says besides. */
import { Agent } from "node:http";
import { Agent as SecureAgent } from "node:https";
import Docker from "dockerode";
import type { EngineAddress } from "./address.ts";
import { unavailable } from "./fault.ts";

const withoutTls = {
  host: undefined,
  port: undefined,
  protocol: "http",
  ca: undefined,
  cert: undefined,
  key: undefined,
} as const;

/**
 * A client of exactly this engine. dockerode reads the environment for whatever it is not told, and prefers what it finds
 * there to the socket it was given: so it is told everything. @param version as `v1.41`; absent only to ask for it.
 */
export function connect(address: EngineAddress, version?: string): Docker {
  const common = { timeout: undefined, headers: {}, sshOptions: {}, pathPrefix: undefined, version };
  // A connection for each call: one that was kept would be dead after the engine restarts.
  const options =
    "tls" in address
      ? {
          ...common,
          ...address.tls,
          protocol: "https" as const,
          socketPath: undefined,
          agent: new SecureAgent({ keepAlive: false, rejectUnauthorized: true }),
        }
      : {
          ...common,
          ...withoutTls,
          socketPath: address.socket,
          agent: new Agent({ keepAlive: false }),
        };
  try {
    return new Docker(options as Docker.DockerOptions);
  } catch (cause) {
    throw unavailable(
      "DOCKER_HOST cannot be read.",
      cause,
      "Unset DOCKER_HOST, or set it to unix:///path/of/the.sock.",
    );
  }
}

interface Questions {
  info(options: { readonly abortSignal: AbortSignal }): Promise<Readonly<Record<string, unknown>>>;
  version(options: { readonly abortSignal: AbortSignal }): Promise<Readonly<Record<string, unknown>>>;
}

/** Two calls take a signal that their types do not know; what they answer is not believed to have any shape. */
export const questions = (docker: Docker): Questions => docker as unknown as Questions;

/** What the engine knows of an image: the library's own call takes no signal, and would keep its connection for ever. */
export function imageInspection(docker: Docker, reference: string, abortSignal: AbortSignal) {
  const statusCodes = { 200: true, 404: "no such image", 500: "server error" };
  const request = { path: `/images/${reference}/json`, method: "GET", options: {}, abortSignal, statusCodes };
  const modem = docker.modem as {
    dial(request: object, done: (error: unknown, found: unknown) => void): void;
  };
  return new Promise<Docker.ImageInspectInfo>((resolve, reject) => {
    modem.dial(request, (error, found) =>
      error ? reject(error) : resolve(found as Docker.ImageInspectInfo),
    );
  });
}
