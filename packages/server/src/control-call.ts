/** How a command asks the running gateway to do something: a POST on this machine, with the token. */
import { ClawdError } from "@clawd/kernel";
import type { GatewayAddress } from "./gateway-address.ts";

/**
 * @param address undefined when no gateway runs
 * @throws CLAWD_GATEWAY_NOT_RUNNING, CLAWD_GATEWAY_REFUSED
 */
export async function callGateway(
  address: GatewayAddress | undefined,
  token: () => string,
  path: string,
  body: unknown,
): Promise<unknown> {
  if (address === undefined) throw notRunning();
  const response = await fetch(`http://127.0.0.1:${address.port}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token()}`, "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  }).catch((cause: unknown) => {
    throw notRunning(cause);
  });
  const answer = (await response.json().catch(() => ({}))) as { error?: { message?: string; hint?: string } };
  if (response.ok) return answer;
  throw new ClawdError(
    "CLAWD_GATEWAY_REFUSED",
    answer.error?.message ?? `The gateway answered ${response.status}.`,
    { hint: answer.error?.hint ?? "Look into the gateway's log with `clawdbot logs`." },
  );
}

export function notRunning(cause?: unknown): ClawdError {
  return new ClawdError("CLAWD_GATEWAY_NOT_RUNNING", "No gateway is running on this state.", {
    hint: "Start it with `clawdbot gateway`.",
    ...(cause === undefined ? {} : { cause }),
  });
}
