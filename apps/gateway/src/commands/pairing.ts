/** `clawdbot pairing list | approve | deny | revoke`. Reads no config and no schema, so that it answers at once. */
import { ClawdError, messageOf, nearestName, systemClock } from "@clawd/kernel";
import type { Network } from "@clawd/provider-kit";
import { openPairing, type Pairing, type PairingRequest, type Verdict } from "@clawd/pairing";
import { filePairingStore } from "@clawd/pairing/file";
import { type Arguments, print, printError, printJson, UsageError } from "../cli.ts";
import { existsSync, readdirSync } from "node:fs";
import { pathsFrom } from "../paths.ts";
import { networks } from "../providers.ts";

interface Place {
  readonly network: Network;
  readonly account: string;
  readonly pairing: Pairing;
  /** What follows the provider on the command line. */
  readonly rest: string | undefined;
}

export function list({ positionals, options }: Arguments): number {
  const { network, account, pairing } = place(positionals, options);
  const requests = pairing.list();
  const waiting = pairing.waiting();
  if (options["json"] === true) {
    printJson({
      provider: network.id,
      requests: requests.map(({ id, code, createdAt, lastSeenAt, meta }) => ({
        id,
        code,
        createdAt,
        lastSeenAt,
        account,
        meta,
      })),
      waiting,
    });
    return 0;
  }
  if (requests.length === 0) printError(`No pending ${network.id} pairing requests.`);
  for (const request of requests) print(lineOf(network, request));
  if (waiting.length > 0) {
    printError(
      `${waiting.length} more asked while all places were taken. Let one in with \`clawdbot pairing approve ${network.id} --id ID\`:`,
    );
    for (const { id, meta, lastSeenAt } of waiting) printError(`  ${id}  ${shown(meta)}  ${lastSeenAt}`);
  }
  return 0;
}

export async function approve({ positionals, options }: Arguments): Promise<number> {
  const { network, account, pairing, rest: code } = place(positionals, options);
  const id = options["id"];
  if ((code === undefined) === (id === undefined))
    throw new UsageError("Give a code, or an id with --id.", `clawdbot pairing approve ${network.id} CODE`);
  const found =
    typeof id === "string"
      ? { account, verdict: pairing.approveId(id) }
      : approveSomewhere(network, account, pairing, code!, options);
  if (found === undefined) return notFound(network, code!);
  const { verdict } = found;
  const owner = options["owner"] === true ? await makeOwner(`${network.id}:${verdict.id}`) : undefined;
  if (options["json"] === true)
    printJson({ provider: network.id, account: found.account, id: verdict.id, owner: owner !== undefined });
  else print(`Approved ${network.id} sender ${verdict.id}.`);
  if (owner !== undefined) printError(owner);
  if (options["notify"] === true) await notify(network, found.account, verdict);
  return 0;
}

/** Without --account, the code may belong to any account: the message that carried it names none. */
function approveSomewhere(
  network: Network,
  account: string,
  pairing: Pairing,
  code: string,
  options: Arguments["options"],
) {
  const verdict = pairing.approve(code);
  if (verdict !== undefined) return { account, verdict };
  if (options["account"] !== undefined) return undefined;
  for (const other of otherAccounts(network.id)) {
    const pairingThere = openPairingOf(network, other);
    const holds = pairingThere.list().some((request) => request.code === code.trim().toUpperCase());
    const approved = holds ? pairingThere.approve(code) : undefined;
    if (approved !== undefined) return { account: other, verdict: approved };
  }
  return undefined;
}

/** Accounts beside the default one that have pairing files. */
function otherAccounts(provider: string): readonly string[] {
  const directory = pathsFrom(process.env).credentials;
  if (!existsSync(directory)) return [];
  const form = new RegExp(`^${provider}-([a-z0-9][a-z0-9_-]*)-pairing\\.json$`);
  return readdirSync(directory).flatMap((name) => form.exec(name)?.[1] ?? []);
}

function openPairingOf(network: Network, account: string): Pairing {
  const store = filePairingStore({
    directory: pathsFrom(process.env).credentials,
    provider: network.id,
    account,
  });
  return openPairing({ store, clock: systemClock, network });
}

export function deny({ positionals, options }: Arguments): number {
  const { network, account, pairing, rest: code } = place(positionals, options);
  if (code === undefined) throw new UsageError("Which request?", `clawdbot pairing deny ${network.id} CODE`);
  const verdict = pairing.deny(code);
  if (verdict === undefined) return notFound(network, code);
  if (options["json"] === true) printJson({ provider: network.id, account, id: verdict.id });
  else print(`Denied ${network.id} sender ${verdict.id}.`);
  return 0;
}

export function revoke({ positionals, options }: Arguments): number {
  const { network, account, pairing, rest: id } = place(positionals, options);
  if (id === undefined) throw new UsageError("Whose approval?", `clawdbot pairing revoke ${network.id} ID`);
  if (!pairing.revoke(id)) {
    printError(`${network.id} sender ${id} was not approved by pairing.`);
    printError(
      `Hint: \`clawdbot policy explain --provider ${network.id} --sender ${id}\` says who lets a sender in.`,
    );
    return 1;
  }
  if (options["json"] === true) printJson({ provider: network.id, account, id });
  else print(`Revoked ${network.id} sender ${id}.`);
  return 0;
}

function place(positionals: readonly string[], options: Arguments["options"]): Place {
  const byFlag = typeof options["provider"] === "string";
  const name = (byFlag ? String(options["provider"]) : (positionals[0] ?? "")).trim().toLowerCase();
  const pairable = networks.filter((network) => network.canPair);
  const network = pairable.find(({ id }) => id === name);
  if (network === undefined) {
    const ids = pairable.map(({ id }) => id);
    const near = nearestName(name, ids);
    const hint = near ? `did you mean ${near}?` : `one of: ${ids.join(", ")}`;
    throw new UsageError(name === "" ? "Which provider?" : `No such provider: ${name}.`, hint);
  }
  if (byFlag && positionals.length > 1)
    throw new UsageError("Too many arguments.", "the provider is given by --provider");
  const account = options["account"] === undefined ? "default" : String(options["account"]);
  if (account.trim() === "")
    throw new UsageError("--account must not be blank.", "leave it out for the default account");
  return {
    network,
    account,
    pairing: openPairingOf(network, account),
    rest: byFlag ? positionals[0] : positionals[1],
  };
}

function lineOf(network: Network, { code, id, meta, createdAt }: PairingRequest): string {
  return [code, `${network.senderIdLabel}: ${id}`, shown(meta), createdAt].filter(Boolean).join("  ");
}

function shown(meta: Readonly<Record<string, string>>): string {
  return Object.keys(meta).length === 0 ? "" : JSON.stringify(meta);
}

function notFound(network: Network, code: string): number {
  printError(`No pending pairing request found for code: ${code.trim().toUpperCase().slice(0, 16)}`);
  printError(`Hint: codes live for an hour; \`clawdbot pairing list ${network.id}\` shows those that do.`);
  return 1;
}

/** Adds the id to `commands.ownerAllowFrom`; returns what to say about it. */
async function makeOwner(qualifiedId: string): Promise<string> {
  const { addOwner } = await import("../owner.ts");
  const path = pathsFrom(process.env).config;
  return addOwner(path, qualifiedId)
    ? `${qualifiedId} is an owner now: commands.ownerAllowFrom in ${path}.`
    : `${qualifiedId} was an owner already.`;
}

/** A notice that fails is no reason to take the approval back. */
async function notify(network: Network, account: string, { id }: Verdict): Promise<void> {
  try {
    const { callGateway } = await import("../control-client.ts");
    await callGateway("/control/pairing-approved", { provider: network.id, account, id });
    printError("The person is told.");
  } catch (fault) {
    const reason = fault instanceof ClawdError ? `${fault.message} ${fault.hint}` : messageOf(fault);
    printError(`Failed to notify requester: ${reason}`);
  }
}
