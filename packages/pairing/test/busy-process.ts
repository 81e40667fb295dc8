/** One of several processes that ask, approve and revoke at once; says on stdout what it was told. */
import { filePairingStore } from "../src/file.ts";
import { aPairing } from "./a-pairing.ts";

const [directory = "", name = "", rounds = ""] = process.argv.slice(2);
const { pairing } = aPairing({ store: filePairingStore({ directory, provider: "telegram" }) });
const told = { approved: [] as string[], revoked: [] as string[], mostPending: 0, created: 0 };

for (let round = 0; round < Number(rounds); round++) {
  const id = `${name}-${round}`;
  const asked = pairing.ask({ id, meta: { name } });
  told.mostPending = Math.max(told.mostPending, pairing.list().length);
  if (asked.outcome === "created") {
    told.created++;
    pairing.delivered(id);
    if (pairing.approve(asked.code)?.id === id) told.approved.push(id);
  } else {
    told.approved.push(pairing.approveId(id).id);
  }
  if (round % 4 === 3 && pairing.revoke(id)) told.revoked.push(id);
  // Everybody writes as this one, so that all want the same slot.
  pairing.ask({ id: "everybody" });
}
console.log(JSON.stringify(told));
