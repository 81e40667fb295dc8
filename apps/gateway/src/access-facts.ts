/** The access rules of each configured account as `doctor` wants them: what is in force, and under which key. */
import type { AccountFacts } from "@clawd/doctor";
import { formatPath, type PathSegment, systemClock } from "@clawd/kernel";
import type { AccessLayout, Network } from "@clawd/provider-kit";
import { openPairing } from "@clawd/pairing";
import { filePairingStore } from "@clawd/pairing/file";
import { networks } from "./providers.ts";
import type { Config } from "./config.ts";
import { readinessOf, type Standing } from "./standing.ts";

type Section = Readonly<Record<string, unknown>>;

interface Keys {
  readonly policy: readonly string[];
  readonly allowFrom: readonly string[];
  /** The map of rooms; undefined for a network without groups. */
  readonly map: string | undefined;
}

const keys: Readonly<Record<AccessLayout, Keys>> = {
  groups: { policy: ["dmPolicy"], allowFrom: ["allowFrom"], map: "groups" },
  guilds: { policy: ["dm", "policy"], allowFrom: ["dm", "allowFrom"], map: "guilds" },
  channels: { policy: ["dm", "policy"], allowFrom: ["dm", "allowFrom"], map: "channels" },
  operator: { policy: [], allowFrom: [], map: undefined },
};

/** Settings that hold a network's own address. */
const endpointKeys = ["apiRoot", "httpUrl", "webSocketUrl", "cliPath"];

/** Every account of every network that the config names, operators left out: they hold the token. */
export async function accessFacts(
  config: Config,
  credentials: string,
  standings: readonly Standing[],
): Promise<readonly AccountFacts[]> {
  const configured = networks.filter(
    (network) => network.layout !== "operator" && config[network.id] !== undefined,
  );
  const facts = configured.map(async (network) => {
    const section = config[network.id] as Section;
    const accounts = Object.keys((section["accounts"] ?? {}) as Section);
    const names = accounts.length === 0 ? ["default"] : accounts;
    return Promise.all(names.map((account) => factsOf(network, section, account, credentials, standings)));
  });
  return (await Promise.all(facts)).flat();
}

async function factsOf(
  network: Network,
  section: Section,
  account: string,
  credentials: string,
  standings: readonly Standing[],
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
      approved: approvedCount(network, account, credentials, entries),
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
    notReady: await notReady(network.id, { ...section, ...own }),
    notices: noticesOf(standings.find((one) => one.provider === network.id && one.account === account)),
    endpoints: endpointKeys.flatMap((key) => {
      const { value, path } = find([key]);
      return typeof value === "string" ? [{ path, url: value }] : [];
    }),
  };
}

/** A network that is down is a notice too; one that was not started is `notReady`. */
function noticesOf(standing: Standing | undefined): AccountFacts["notices"] {
  if (standing === undefined) return [];
  const { state, trouble, notices } = standing;
  return state === "down" && trouble ? [{ code: "down", ...trouble }, ...notices] : notices;
}

function at(section: Section, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (Object(value) as Section)[key], section);
}

function approvedCount(
  network: Network,
  account: string,
  directory: string,
  entries: readonly string[],
): number {
  try {
    const store = filePairingStore({ directory, provider: network.id, account });
    const approved = openPairing({ store, clock: systemClock, network }).approved();
    return approved.filter(({ id }) => !entries.includes(id)).length;
  } catch {
    return 0;
  }
}

async function notReady(id: string, settings: Section): Promise<AccountFacts["notReady"]> {
  const readiness = await readinessOf(id, settings);
  return readiness.ready ? null : { message: readiness.message, hint: readiness.hint };
}
