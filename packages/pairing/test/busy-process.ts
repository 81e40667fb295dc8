/** One of several processes that ask, approve and revoke at once; says on stdout what it was told. */
import { filePairingStore } from "../src/file.ts";
import type { Grant, GrantOptions } from "../src/grant.ts";
import { aPairing, hour } from "./a-pairing.ts";

const [directory = "", name = "", rounds = ""] = process.argv.slice(2);
const start = Date.UTC(2026, 0, 1);
let round = 0;
// Nobody's clock is everybody's: what one process has just approved until the next moment is over for another already.
const now = () => start + round;
const store = filePairingStore({ directory, provider: "telegram" });
const { pairing } = aPairing({ store, clock: { now } });
const told = { approved: {} as Record<string, Grant>, revoked: [] as string[], mostPending: 0, created: 0 };

for (; round < Number(rounds); round++) {
  const id = `${name}-${round}`;
  const options: readonly GrantOptions[] = [
    {},
    { profile: name },
    { profile: name, until: start + hour },
    { until: now() + 1 },
  ];
  const grant = options[(round + Math.floor(round / 4)) % 4]!;
  const asked = pairing.ask({ id, meta: { name } });
  told.mostPending = Math.max(told.mostPending, pairing.list().length);
  if (asked.outcome === "created") {
    told.created++;
    pairing.delivered(id);
    const approved = pairing.approve(asked.code, grant);
    if (approved?.id === id) told.approved[id] = approved.grant;
  } else {
    told.approved[id] = pairing.approveId(id, grant).grant;
  }
  if (round % 4 === 3 && pairing.revoke(id)) told.revoked.push(id);
  // Everybody writes as this one, so that all want the same slot.
  pairing.ask({ id: "everybody" });
}
console.log(JSON.stringify(told));
