/** `clawdbot pairing list | deny | revoke`. Reads no config and no schema, so that it answers at once. */
import { describeGrant, describeMeta, describeRequest, grantAsJson } from "@clawd/pairing";
import type { Network } from "@clawd/provider-kit";
import { type Arguments, print, printError, printJson, UsageError } from "../cli.ts";
import { type PairingPlace, pairingPlace } from "../pairing-place.ts";

export function list(args: Arguments): number {
  const place = pairingPlace(args);
  const asJson = args.options["json"] === true;
  return args.options["approved"] === true ? listApproved(place, asJson) : listRequests(place, asJson);
}

function listRequests({ network, account, pairing }: PairingPlace, asJson: boolean): number {
  const requests = pairing.list();
  const waiting = pairing.waiting();
  if (asJson) {
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
  for (const request of requests) print(describeRequest(network.senderIdLabel, request));
  if (waiting.length > 0) {
    printError(
      `${waiting.length} more asked while all places were taken. Let one in with \`clawdbot pairing approve ${network.id} --id ID\`:`,
    );
    for (const { id, meta, lastSeenAt } of waiting)
      printError(`  ${id}  ${describeMeta(meta)}  ${lastSeenAt}`);
  }
  return 0;
}

/** Who is approved now; an approval that is over is none. */
function listApproved({ network, account, pairing }: PairingPlace, asJson: boolean): number {
  const approved = pairing.approved();
  if (asJson) {
    const rows = approved.map(({ id, ...grant }) => ({ id, ...grantAsJson(grant) }));
    printJson({ provider: network.id, account, approved: rows });
    return 0;
  }
  if (approved.length === 0) printError(`Nobody is approved on ${network.id} by pairing.`);
  for (const { id, ...grant } of approved)
    print([`${network.senderIdLabel}: ${id}`, ...describeGrant(grant)].join("  "));
  return 0;
}

export function deny(args: Arguments): number {
  const { network, account, pairing, rest: code } = pairingPlace(args);
  if (code === undefined) throw new UsageError("Which request?", `clawdbot pairing deny ${network.id} CODE`);
  const verdict = pairing.deny(code);
  if (verdict === undefined) return notFound(network, code);
  if (args.options["json"] === true) printJson({ provider: network.id, account, id: verdict.id });
  else print(`Denied ${network.id} sender ${verdict.id}.`);
  return 0;
}

export function revoke(args: Arguments): number {
  const { network, account, pairing, rest: id } = pairingPlace(args);
  if (id === undefined) throw new UsageError("Whose approval?", `clawdbot pairing revoke ${network.id} ID`);
  if (!pairing.revoke(id)) {
    printError(`${network.id} sender ${id} was not approved by pairing.`);
    printError(
      `Hint: \`clawdbot policy explain --provider ${network.id} --sender ${id}\` says who lets a sender in.`,
    );
    return 1;
  }
  if (args.options["json"] === true) printJson({ provider: network.id, account, id });
  else print(`Revoked ${network.id} sender ${id}.`);
  return 0;
}

export function notFound(network: Network, code: string): number {
  printError(`No pending pairing request found for code: ${code.trim().toUpperCase().slice(0, 16)}`);
  printError(`Hint: codes live for an hour; \`clawdbot pairing list ${network.id}\` shows those that do.`);
  return 1;
}
