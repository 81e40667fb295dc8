import { expect, test } from "vitest";
import { pairingFacts } from "./facts.ts";
import { memoryPairingStore } from "./memory.ts";
import { openPairing } from "./pairing.ts";
import { testNetwork } from "./testing.ts";

const dm = { kind: "dm" };
const others = [{ kind: "group" }, { kind: "channel" }];
const corrupt = () => {
  throw new Error("corrupt");
};

test("whoever is approved is paired in direct messages alone, and has the profile everywhere", () => {
  const pairing = openPairing({ store: memoryPairingStore(), clock: Date, network: testNetwork });
  pairing.approveId("42", { profile: "friend" });
  pairing.approveId("43");
  expect(pairingFacts(dm, () => pairing.grantOf("42"))).toEqual({ isPaired: true, profile: "friend" });
  expect(pairingFacts(dm, () => pairing.grantOf("43"))).toEqual({ isPaired: true, profile: null });
  for (const chat of others)
    expect(pairingFacts(chat, () => pairing.grantOf("42"))).toEqual({ isPaired: false, profile: "friend" });
});

test("whoever is not approved is nothing", () => {
  for (const chat of [dm, ...others])
    expect(pairingFacts(chat, () => undefined)).toEqual({ isPaired: false, profile: null });
});

test("of whom nobody can say it, they are not paired and have a stranger's rights", () => {
  for (const chat of [dm, ...others])
    expect(pairingFacts(chat, corrupt)).toEqual({ isPaired: false, profile: "stranger" });
});
