/** The access rules of each configured account as the checks want them: what is in force, and under which key. */
import { formatPath, type PathSegment } from "@clawd/kernel";
import type { AccountFacts } from "./facts.ts";

/** What is asked of a network; a provider's descriptor has it. */
export interface ExaminedNetwork {
  readonly id: string;
  readonly label: string;
  readonly layout: "groups" | "guilds" | "channels" | "operator";
}

type Notices = AccountFacts["notices"];

/** How an account stands in the running gateway. */
export interface ExaminedStanding {
  readonly provider: string;
  readonly account: string;
  readonly state: string;
  readonly trouble?: { readonly message: string; readonly hint: string };
  readonly notices: Notices;
}

export interface AccountFactsPorts<Network extends ExaminedNetwork> {
  readonly networks: readonly Network[];
  /** The ids that are approved by pairing. What it throws counts as none: damaged files are a finding of their own. */
  readonly approved: (network: Network, account: string) => readonly string[];
  /** Why these settings are not enough to connect; null when they are. */
  readonly notReady: (network: Network, settings: unknown) => Promise<AccountFacts["notReady"]>;
  /** Of the running gateway; empty when none runs. */
  readonly standings: readonly ExaminedStanding[];
}

type Section = Readonly<Record<string, unknown>>;

interface Keys {
  readonly policy: readonly string[];
  readonly allowFrom: readonly string[];
  /** The map of rooms; undefined for a network without groups. */
  readonly map: string | undefined;
}

const keys: Readonly<Record<ExaminedNetwork["layout"], Keys>> = {
  groups: { policy: ["dmPolicy"], allowFrom: ["allowFrom"], map: "groups" },
  guilds: { policy: ["dm", "policy"], allowFrom: ["dm", "allowFrom"], map: "guilds" },
  channels: { policy: ["dm", "policy"], allowFrom: ["dm", "allowFrom"], map: "channels" },
  operator: { policy: [], allowFrom: [], map: undefined },
};

/** Settings that hold a network's own address. */
const endpointKeys = ["apiRoot", "httpUrl", "webSocketUrl", "cliPath"];

/** Every account of every network that the config names, operators left out: they hold the token. */
export async function accountFacts<Network extends ExaminedNetwork>(
  config: Section,
  ports: AccountFactsPorts<Network>,
): Promise<readonly AccountFacts[]> {
  const configured = ports.networks.filter(
    (network) => network.layout !== "operator" && config[network.id] !== undefined,
  );
  const facts = configured.map(async (network) => {
    const section = config[network.id] as Section;
    const accounts = Object.keys((section["accounts"] ?? {}) as Section);
    const names = accounts.length === 0 ? ["default"] : accounts;
    return Promise.all(names.map((account) => factsOf(network, section, account, ports)));
  });
  return (await Promise.all(facts)).flat();
}

async function factsOf<Network extends ExaminedNetwork>(
  network: Network,
  section: Section,
  account: string,
  ports: AccountFactsPorts<Network>,
): Promise<AccountFacts> {
  const own = ((section["accounts"] as Section | undefined)?.[account] ?? {}) as Section;
  const find = (path: readonly string[]) => {
    const mine = at(own, path);
    const prefix: PathSegment[] = mine === undefined ? [network.id] : [network.id, "accounts", account];
    return { value: mine ?? at(section, path), path: formatPath([...prefix, ...path]) };
  };
  const { policy, allowFrom, map } = keys[network.layout];
  const listed = find(allowFrom);
  const entries = ((listed.value ?? []) as readonly unknown[]).map(String);
  const dmPolicy = find(policy);
  const groupPolicy = find(["groupPolicy"]);
  const rooms = map === undefined ? undefined : find([map]);
  return {
    provider: network.id,
    label: network.label,
    account,
    dm: {
      policy: (dmPolicy.value ?? "pairing") as AccountFacts["dm"]["policy"],
      policyPath: dmPolicy.path,
      allowFrom: entries,
      allowFromPath: listed.path,
      approved: approvedCount(() => ports.approved(network, account), entries),
    },
    ...(rooms === undefined
      ? {}
      : {
          groups: {
            policy: (groupPolicy.value ?? null) as "open" | "allowlist" | "disabled" | null,
            policyPath: groupPolicy.path,
            map: rooms.value === undefined ? null : Object.keys(rooms.value as Section),
            mapPath: rooms.path,
          },
        }),
    notReady: await ports.notReady(network, { ...section, ...own }),
    notices: noticesOf(ports.standings.find((one) => one.provider === network.id && one.account === account)),
    endpoints: endpointKeys.flatMap((key) => {
      const { value, path } = find([key]);
      return typeof value === "string" ? [{ path, url: value }] : [];
    }),
  };
}

/** A network that is down is a notice too; one that was not started is `notReady`. */
function noticesOf(standing: ExaminedStanding | undefined): Notices {
  if (standing === undefined) return [];
  const { state, trouble, notices } = standing;
  return state === "down" && trouble ? [{ code: "down", ...trouble }, ...notices] : notices;
}

function at(section: Section, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (Object(value) as Section)[key], section);
}

function approvedCount(approved: () => readonly string[], entries: readonly string[]): number {
  try {
    return approved().filter((id) => !entries.includes(id)).length;
  } catch {
    return 0;
  }
}
