/** What the engine's answers mean: every failure of a call is one of four faults with a remedy, whatever the client threw. */
import { ClawdError, isClawdError } from "@clawd/kernel";

const reachable =
  "Start Docker, or set `agents.defaults.sandbox.docker.socket` to the socket of the engine that runs.";

/** The engine does not answer. */
export const unavailable = (message: string, cause?: unknown, hint = reachable): ClawdError =>
  new ClawdError("CLAWD_ENGINE_UNAVAILABLE", message, { hint, cause });

/** The engine answered, and said no. */
export const refused = (message: string, hint: string, cause?: unknown): ClawdError =>
  new ClawdError("CLAWD_ENGINE_REFUSED", message, { hint, cause });

export const missing = (message: string, hint: string, cause?: unknown): ClawdError =>
  new ClawdError("CLAWD_ENGINE_MISSING", message, { hint, cause });

const conflict = (message: string, cause: unknown): ClawdError =>
  new ClawdError("CLAWD_ENGINE_CONFLICT", message, {
    hint: "`clawdbot sandbox list` shows what has that name; remove it, or set another `agents.defaults.sandbox.docker.containerPrefix`.",
    cause,
  });

const connections: Readonly<Record<string, string>> = {
  ENOENT: "There is no container engine at its socket.",
  ECONNREFUSED: "No container engine listens at its socket.",
  ENOTSOCK: "What is at the container engine's socket is no socket.",
  EACCES: "The gateway may not use the container engine's socket.",
  EPERM: "The gateway may not use the container engine's socket.",
};
const permission =
  "Let the gateway's user use the engine: a rootless engine of its own, or the group of the socket.";

const certificate = "The container engine and the gateway do not accept each other's certificates.";
const which =
  "The engine's certificate must name the host that is dialled and be of the authority in ca.pem; the gateway's own must be one that the engine takes. Both are in the directory of agents.defaults.sandbox.docker.certPath.";
const isOfCertificate = (code: unknown): boolean =>
  typeof code === "string" && /^ERR_TLS_|^ERR_SSL_|CERT|^UNABLE_TO_/.test(code);

/** @param doing what was tried, as in "create the container". */
export function faultOf(thrown: unknown, doing: string): ClawdError {
  if (isClawdError(thrown)) return thrown;
  const { statusCode, code } = (thrown ?? {}) as { statusCode?: unknown; code?: unknown };
  if (typeof statusCode !== "number") {
    const known = isOfCertificate(code) ? certificate : connections[String(code)];
    const hint =
      code === "EACCES" || code === "EPERM" ? permission : known === certificate ? which : reachable;
    return unavailable(
      known ?? `The container engine went away while it was asked to ${doing}.`,
      thrown,
      hint,
    );
  }
  const words = wordsOf(thrown);
  if (statusCode === 404)
    return missing(
      `The container engine does not have what it needs to ${doing}: ${words}`,
      "It was removed: the next call makes it anew.",
      thrown,
    );
  if (statusCode === 409) return conflict(`The container engine could not ${doing}: ${words}`, thrown);
  return refused(
    `The container engine refused to ${doing}: ${words}`,
    "`clawdbot doctor` checks the engine; its own log says more.",
    thrown,
  );
}

export const statusOf = (thrown: unknown): number | null => {
  const { statusCode } = (thrown ?? {}) as { statusCode?: unknown };
  return typeof statusCode === "number" ? statusCode : null;
};

/** The engine's own words, bounded, without the host's paths: a fault may be shown to a model. The cause has all of it. */
function wordsOf(thrown: unknown): string {
  const { json, message } = thrown as { json?: { message?: unknown } | null; message?: unknown };
  const said = typeof json?.message === "string" ? json.message : String(message);
  return withoutPaths(said.replaceAll(/\s+/g, " ").trim()).slice(0, 600);
}

export const withoutPaths = (text: string): string =>
  text.replaceAll(/(?<![\w.:/])\/(?!\/)[^\s"'`:,;)\]}]+/g, "<path>");
