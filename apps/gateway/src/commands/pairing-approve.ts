/** `clawdbot pairing approve`. The config is read only where a profile is asked for that may be in it, or an owner is made. */
import { ClawdError, messageOf, systemClock } from "@clawd/kernel";
import {
  approveAnywhere,
  type ApprovedThere,
  describeGrant,
  durationForms,
  durationFrom,
  type Grant,
  type GrantOptions,
  grantAsJson,
} from "@clawd/pairing";
import type { Network } from "@clawd/provider-kit";
import { type Arguments, print, printError, printJson, UsageError } from "../cli.ts";
import { openPairingOf, otherAccounts, pairingPlace } from "../pairing-place.ts";
import { pathsFrom } from "../paths.ts";
import { notFound } from "./pairing.ts";

export async function approve({ positionals, options }: Arguments): Promise<number> {
  const { network, account, pairing, rest: code } = pairingPlace({ positionals, options });
  const id = options["id"];
  if ((code === undefined) === (id === undefined))
    throw new UsageError("Give a code, or an id with --id.", `clawdbot pairing approve ${network.id} CODE`);
  const grant = await grantFrom(options);
  // Without --account, the code may belong to any of them.
  const accounts = [account, ...(options["account"] === undefined ? otherAccounts(network.id) : [])];
  const found =
    typeof id === "string"
      ? { account, approved: pairing.approveId(id, grant) }
      : approveAnywhere(code!, grant, accounts, (one) => openPairingOf(network, one));
  if (found === undefined) return notFound(network, code!);
  const owner = options["owner"] === true ? await makeOwner(`${network.id}:${found.approved.id}`) : undefined;
  report(network, found, owner !== undefined, options["json"] === true);
  if (owner !== undefined) printError(owner);
  if (options["notify"] === true) await notify(network, found);
  return 0;
}

/** @throws UsageError, CLAWD_PROFILE */
async function grantFrom({ as: profile, for: span, owner }: Arguments["options"]): Promise<GrantOptions> {
  if (owner === true && (profile !== undefined || span !== undefined))
    throw new UsageError(
      "--owner goes with neither --as nor --for.",
      "an owner has every right, and stays one until commands.ownerAllowFrom says otherwise",
    );
  const duration = typeof span === "string" ? durationFrom(span) : undefined;
  if (typeof span === "string" && duration === undefined)
    throw new UsageError(`No duration: ${span}`, durationForms);
  if (typeof profile === "string") {
    const { checkProfile } = await import("../profiles.ts");
    await checkProfile(profile, pathsFrom(process.env).config);
  }
  return {
    ...(typeof profile === "string" ? { profile } : {}),
    ...(duration === undefined ? {} : { until: systemClock.now() + duration }),
  };
}

function report(
  network: Network,
  { account, approved: { id, grant, replaced } }: ApprovedThere,
  isOwner: boolean,
  asJson: boolean,
): void {
  if (asJson) {
    const before = replaced === undefined ? null : grantAsJson(replaced);
    printJson({ provider: network.id, account, id, owner: isOwner, ...grantAsJson(grant), replaced: before });
  } else print(`Approved ${network.id} sender ${[id, ...describeGrant(grant)].join(" ")}.`);
  if (replaced !== undefined) printError(whatGaveWay(replaced, grant));
}

function whatGaveWay(before: Grant, after: Grant): string {
  const [was, is] = [before, after].map((grant) => describeGrant(grant).join(" "));
  return `Until now they were approved ${was || "without profile or end"}; now ${is || "without profile or end"}.`;
}

/** Adds the id to `commands.ownerAllowFrom`; returns what to say about it. */
async function makeOwner(qualifiedId: string): Promise<string> {
  const [{ appendToConfig }, { asOwnersAct }] = await Promise.all([
    import("@clawd/config"),
    import("../owners-act.ts"),
  ]);
  const path = pathsFrom(process.env).config;
  const { value: isNew, waits } = await asOwnersAct(() =>
    appendToConfig(path, ["commands", "ownerAllowFrom"], qualifiedId),
  ).catch((fault: unknown) => {
    printError("The person is approved, and not yet an owner:");
    throw fault;
  });
  if (!isNew) return `${qualifiedId} was an owner already.`;
  return waits
    ? `${qualifiedId} is in commands.ownerAllowFrom of ${path}, which other changes keep from being in force: clawdbot config apply.`
    : `${qualifiedId} is an owner now: commands.ownerAllowFrom in ${path}.`;
}

/** A notice that fails is no reason to take the approval back. */
async function notify(network: Network, { account, approved: { id } }: ApprovedThere): Promise<void> {
  try {
    const { callGateway } = await import("../control-client.ts");
    await callGateway("/control/pairing-approved", { provider: network.id, account, id });
    printError("The person is told.");
  } catch (fault) {
    const reason = fault instanceof ClawdError ? `${fault.message} ${fault.hint}` : messageOf(fault);
    printError(`Failed to notify requester: ${reason}`);
  }
}
