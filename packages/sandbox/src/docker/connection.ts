/** Where the engine is. INVARIANT: only the owner's config or the gateway's own environment says so (docker-connection.test.ts). */
import { Agent } from "node:http";
import Docker from "dockerode";
import { unavailable } from "./fault.ts";

const defaultSocket = "/var/run/docker.sock";

/**
 * Path of the engine's unix socket: the setting, else `DOCKER_HOST` of the gateway's environment, else Docker's own default.
 * @param environment the gateway's; never one that a workspace, a tool or a model had a part in.
 * @throws CLAWD_ENGINE_UNAVAILABLE when `DOCKER_HOST` names an engine on another machine: workspaces are mounted from this one.
 */
export function engineSocket(
  setting: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const host = setting ?? environment["DOCKER_HOST"];
  if (host === undefined || host === "") return defaultSocket;
  const path = host.startsWith("unix://") ? host.slice("unix://".length) : host;
  if (path.startsWith("/") && !path.includes("\0")) return path;
  throw unavailable(
    "The container engine named is not a unix socket of this machine.",
    undefined,
    "Set `sandbox.docker.socket` to the path of a socket, such as /var/run/docker.sock.",
  );
}

/**
 * A client of exactly this socket. dockerode reads the environment for whatever it is not told, and prefers what it finds
 * there to the socket it was given: so it is told everything. @param version as `v1.41`; absent only to ask for it.
 */
export function connect(socket: string, version?: string): Docker {
  const nothing = { host: undefined, port: undefined, protocol: "http" as const, timeout: undefined };
  const secrets = { ca: undefined, cert: undefined, key: undefined, headers: {}, sshOptions: {} };
  // A connection for each call: one that was kept would be dead after the engine restarts.
  const agent = new Agent({ keepAlive: false });
  const options = { ...nothing, ...secrets, pathPrefix: undefined, socketPath: socket, agent, version };
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
