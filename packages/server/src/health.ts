/** `GET /health`: for supervisors, without authentication, so with nothing but states. */
import { refuse } from "./answer.ts";

export interface HealthReport {
  /** Anything but `ok` is answered with 503. */
  readonly status: "ok" | "down" | "frozen";
  readonly version: string;
  /** By provider, then by account. Of each account only `state` is shown. */
  readonly providers: Readonly<Record<string, Readonly<Record<string, { readonly state: string }>>>>;
}

export function answerHealth(method: string, { status, version, providers }: HealthReport): Response {
  if (method !== "GET" && method !== "HEAD") return refuse("method-not-allowed", { allow: "GET, HEAD" });
  const shown = Object.entries(providers).map(([provider, accounts]) => {
    const states = Object.entries(accounts).map(([account, { state }]) => [account, { state }] as const);
    return [provider, Object.fromEntries(states)] as const;
  });
  const body = { status, version, providers: Object.fromEntries(shown) };
  return Response.json(body, { status: status === "ok" ? 200 : 503 });
}
