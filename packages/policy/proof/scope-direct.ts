/** Direct messages: every policy with every list, on every layout; accounts; sessions. */
import { castle, circle, harbour, mute } from "./networks.ts";
import { absent, product, written } from "./product.ts";
import type { Network } from "../src/network.ts";
import { asks, configOf, dm, events, owners, people, type Slice } from "./scope.ts";

const policies = [absent, "pairing", "allowlist", "open", "disabled"];
/** T-B2: every form a list may be written in, the mistaken ones included. */
const lists = [
  absent,
  [],
  ["alice"],
  ["*"],
  ["*", "alice"],
  [" circle:alice "],
  ["@alice"],
  [""],
  [" "],
  null,
  "alice",
  ["alice", "a b"],
];
const ownerLists = [
  absent,
  [],
  ["circle:alice"],
  ["castle:alice"],
  ["harbour:alice"],
  ["circle:bob", "castle:bob", "harbour:bob"],
];

/** The direct rules where the layout keeps them: beside the rest, or under `dm`. */
function direct(
  network: Network,
  rules: { policy?: unknown; allowFrom?: unknown; enabled?: unknown },
): object {
  if (network.layout === "groups") return written({ dmPolicy: rules.policy, allowFrom: rules.allowFrom });
  return { dm: written(rules) };
}

function policySlice(network: Network): Slice {
  const hasSwitch = network.layout !== "groups";
  return {
    name: `direct messages, ${network.layout}`,
    covers: "policy × list × owners × switches, by person × event × command × approval",
    configs: () =>
      product({
        policy: [...policies, "Open", "", null],
        allowFrom: lists.map(
          (list) => JSON.parse(JSON.stringify(list ?? null).replace("circle:", `${network.id}:`)) ?? list,
        ),
        owner: ownerLists,
        off: hasSwitch ? [absent, "network", "dm"] : [absent, "network"],
      }).map(({ policy, allowFrom, owner, off }) =>
        configOf(
          network,
          {
            enabled: off === "network" ? false : absent,
            ...direct(network, { policy, allowFrom, enabled: off === "dm" ? false : absent }),
          },
          owners(owner),
        ),
      ),
    cases: () =>
      asks(network, {
        chat: [dm],
        sender: [...Object.values(people), null, ""],
        event: events,
        command: [absent, "status", "verbose", "config", "frobnicate", "constructor"],
        isPaired: [absent, true],
      }),
  };
}

function accountSlice(network: Network): Slice {
  return {
    name: `accounts, ${network.layout}`,
    covers: "network's rules × account's rules × dmScope, by account × person × approval",
    configs: () =>
      product({
        base: product({ policy: policies, allowFrom: [absent, ["alice"], ["*"]] }),
        own: [
          absent,
          ...product({ policy: policies, allowFrom: [absent, ["bob"], ["*"]], enabled: [absent, false] }),
        ],
        name: ["work", "default"],
        dmScope: [absent, "main", "per-channel-peer", "Main"],
      }).map(({ base, own, name, dmScope }) => {
        const { enabled, ...rules } = own ?? {};
        const accounts = own && { [name]: written({ enabled, ...direct(network, written(rules)) }) };
        return configOf(
          network,
          { ...direct(network, base), accounts },
          written({ session: dmScope && { dmScope } }),
        );
      }),
    cases: () =>
      asks(network, {
        chat: [dm],
        sender: ["alice", "bob"],
        account: [absent, "default", "work", "ghost", "constructor"],
        isPaired: [absent, true],
      }),
  };
}

const unpairable: Slice = {
  name: "a network that cannot pair",
  covers: "policy × list, by person × approval",
  configs: () =>
    product({ policy: policies.slice(1), allowFrom: [absent, [], ["alice"], ["*"]] }).map(
      ({ policy, allowFrom }) => configOf(mute, { dmPolicy: policy, allowFrom }),
    ),
  cases: () => asks(mute, { chat: [dm], sender: ["alice", "bob"], isPaired: [absent, true] }),
};

/** Who is turned away before any rule of a chat is asked, even where everybody may write. */
const identity: Slice = {
  name: "identity and switches",
  covers: "network's switch × account's switch × owners, by person × bot × own × account × chat × event",
  configs: () =>
    product({
      enabled: [absent, true, false, "no"],
      own: [absent, true, false],
      name: ["work", "default"],
      owner: [absent, ["circle:alice", "circle:everybody"]],
    }).map(({ enabled, own, name, owner }) => {
      const open = { dmPolicy: "open", allowFrom: ["*", "alice"], groupPolicy: "open" };
      const accounts = { work: {}, [name]: written({ enabled: own }) };
      return configOf(circle, { ...open, enabled, accounts }, owners(owner));
    }),
  cases: () =>
    asks(circle, {
      chat: [dm, { kind: "group", id: "g1" }],
      sender: [...Object.values(people), null, ""],
      standing: [
        {},
        { isBot: true },
        { isSelf: true },
        { isBot: true, isSelf: true },
        { isBot: false, isSelf: false },
      ],
      account: [absent, "work"],
      event: events,
      mention: [{ mentioned: true }],
    }),
};

export const directSlices: readonly Slice[] = [
  ...[circle, castle, harbour].flatMap((network) => [policySlice(network), accountSlice(network)]),
  unpairable,
  identity,
];
