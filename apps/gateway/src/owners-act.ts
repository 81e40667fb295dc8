/** A change of the config that an owner made by a command of their own: the command is the word that the gateway waits for. */
import type { Offer } from "@clawd/core";
import { callGateway, runningGateway } from "./control-client.ts";

/**
 * Makes the change and has a running gateway accept exactly it. What already waited for an owner's word goes on waiting,
 * and the change with it.
 */
export async function asOwnersAct<Value>(
  change: () => Value,
): Promise<{ readonly value: Value; readonly waits: boolean }> {
  if (runningGateway() === undefined) return { value: change(), waits: false };
  const before = await offer();
  const value = change();
  const after = await offer();
  if (after.state !== "held") return { value, waits: false };
  if (before.state === "held") return { value, waits: true };
  await callGateway("/control/config", { ack: after.hash });
  return { value, waits: false };
}

const offer = async (): Promise<Offer> => (await callGateway("/control/config", {})) as Offer;
