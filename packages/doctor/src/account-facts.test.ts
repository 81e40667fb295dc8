import { expect, test } from "vitest";
import { accountFacts, type AccountFactsPorts, type ExaminedNetwork } from "./account-facts.ts";

const networks: readonly ExaminedNetwork[] = [
  { id: "flat", label: "Flat", layout: "groups" },
  { id: "guilded", label: "Guilded", layout: "guilds" },
  { id: "page", label: "Page", layout: "operator" },
];

const ports = (
  more: Partial<AccountFactsPorts<ExaminedNetwork>> = {},
): AccountFactsPorts<ExaminedNetwork> => ({
  networks,
  approved: () => [],
  notReady: async () => null,
  standings: [],
  ...more,
});

test("an account has its network's rules where it has none of its own, each under the key that it is written at", async () => {
  const flat = { allowFrom: [42], dmPolicy: "open", accounts: { work: { dmPolicy: "disabled" }, home: {} } };
  const [work, home] = await accountFacts({ flat, page: {} }, ports());
  expect(work).toMatchObject({
    account: "work",
    dm: {
      policy: "disabled",
      policyPath: "flat.accounts.work.dmPolicy",
      allowFrom: ["42"],
      allowFromPath: "flat.allowFrom",
    },
    groups: { policy: null, map: null, mapPath: "flat.groups" },
  });
  expect(home).toMatchObject({ account: "home", dm: { policy: "open", policyPath: "flat.dmPolicy" } });
});

test("each layout has its own keys, and a network that is not configured has no facts", async () => {
  const guilded = { dm: { policy: "allowlist", allowFrom: ["7"] }, guilds: { "9": {} }, groupPolicy: "open" };
  expect(await accountFacts({ guilded }, ports())).toMatchObject([
    {
      provider: "guilded",
      account: "default",
      dm: { policy: "allowlist", policyPath: "guilded.dm.policy", allowFrom: ["7"] },
      groups: { policy: "open", map: ["9"] },
    },
  ]);
});

test("whoever is listed is not counted as approved, and files that cannot be read count nobody", async () => {
  const config = { flat: { allowFrom: ["42"] } };
  const [counted] = await accountFacts(config, ports({ approved: () => ["42", "43"] }));
  expect(counted!.dm.approved).toBe(1);
  const broken = ports({
    approved: () => {
      throw new Error("damaged");
    },
  });
  expect((await accountFacts(config, broken))[0]!.dm.approved).toBe(0);
});

test("a network that is down is a notice, before its own", async () => {
  const own = { code: "quiet", message: "It is quiet.", hint: "Wait." };
  const trouble = { message: "The token is refused.", hint: "Check it." };
  const standing = { provider: "flat", account: "default", state: "down", trouble, notices: [own] };
  const [facts] = await accountFacts(
    { flat: { apiRoot: "http://127.0.0.1:1" } },
    ports({ standings: [standing] }),
  );
  expect(facts!.notices).toEqual([{ code: "down", ...trouble }, own]);
  expect(facts!.endpoints).toEqual([{ path: "flat.apiRoot", url: "http://127.0.0.1:1" }]);
});
