/** Who can reach the bot: the same questions for every account of every network. */
import type { AccountFacts, Facts } from "./facts.ts";
import type { Finding } from "./finding.ts";

/** So many in one list of people with a shell on the host: nobody keeps them in mind. */
const MANY = 25;

export function checkAccess({ accounts = [], dmScope, owners, elevated = [] }: Facts): Finding[] {
  const isElevated = elevated.some(({ allowFrom }) => allowFrom.length > 0);
  return [
    ...accounts.flatMap((account) => [
      ...checkDirectMessages(account),
      ...checkScope(account, dmScope),
      ...checkGroups(account, isElevated),
      ...checkConnection(account),
    ]),
    ...checkElevated(elevated),
    ...(owners === 0 ? [noOwner] : []),
    ...(accounts.length === 0 ? [] : [attackSurface(accounts, isElevated)]),
  ];
}

function nameOf({ label, account }: AccountFacts): string {
  return account === "default" ? label : `${label}, account ${account}`;
}

function checkDirectMessages(facts: AccountFacts): Finding[] {
  const { provider, account, dm } = facts;
  const name = nameOf(facts);
  const id = (check: string) => `channels.${provider}.dm.${check}`;
  const people = dm.allowFrom.filter((entry) => entry !== "*").length + dm.approved;
  const approve = `clawdbot pairing approve ${provider} <code>${account === "default" ? "" : ` --account ${account}`}`;

  switch (dm.policy) {
    case "open":
      if (!dm.allowFrom.includes("*")) {
        return [
          {
            checkId: id("open_invalid"),
            severity: "warn",
            title: `${name}: direct messages are declared open, and are not`,
            detail: `${dm.policyPath} is "open", which takes effect only when ${dm.allowFromPath} contains "*".`,
            remediation: `Set ${dm.policyPath} to "pairing", or add "*" to ${dm.allowFromPath} to let everyone in.`,
          },
        ];
      }
      return [
        {
          checkId: id("open"),
          severity: "critical",
          title: `${name}: anyone can write to the bot`,
          detail: `${dm.policyPath} is "open".`,
          remediation: `Set ${dm.policyPath} to "pairing" and take "*" out of ${dm.allowFromPath}.`,
        },
      ];
    case "disabled":
      return [
        {
          checkId: id("disabled"),
          severity: "info",
          title: `${name}: direct messages are switched off`,
          detail: `${dm.policyPath} is "disabled".`,
          remediation: `Nothing to do, unless you expect them: then set ${dm.policyPath} to "pairing".`,
        },
      ];
    case "allowlist":
      if (dm.allowFrom.some((entry) => entry !== "*")) return [];
      return [
        {
          checkId: id("locked"),
          severity: "warn",
          title: `${name}: nobody can write to the bot`,
          detail: `${dm.policyPath} is "allowlist" and ${dm.allowFromPath} names nobody; approvals by pairing do not count here.`,
          remediation: `Add ids to ${dm.allowFromPath}, or set ${dm.policyPath} to "pairing".`,
        },
      ];
    case "pairing":
      if (people > 0) return [];
      return [
        {
          checkId: id("locked"),
          severity: "info",
          title: `${name}: nobody is let in yet`,
          detail: "Whoever writes to the bot gets a pairing code, and nothing else.",
          remediation: `Write to the bot, then: ${approve}`,
        },
      ];
    default:
      return [
        {
          checkId: id("unknown_policy"),
          severity: "critical",
          title: `${name}: the policy for direct messages is not understood`,
          detail: `${dm.policyPath} is none of pairing, allowlist, open and disabled.`,
          remediation: `Set ${dm.policyPath} to "pairing".`,
        },
      ];
  }
}

function checkScope(facts: AccountFacts, dmScope: string | undefined): Finding[] {
  const { provider, dm } = facts;
  const isShared =
    dm.policy !== "disabled" && (dm.allowFrom.includes("*") || dm.allowFrom.length + dm.approved > 1);
  if (dmScope !== "main" || !isShared) return [];
  return [
    {
      checkId: `channels.${provider}.dm.scope_main_multiuser`,
      severity: "warn",
      title: `${nameOf(facts)}: several people share one conversation`,
      detail: 'session.dmScope is "main": what one person writes, the next can ask for.',
      remediation: "Remove session.dmScope: then every sender has a session of their own.",
    },
  ];
}

function checkGroups(facts: AccountFacts, isElevated: boolean): Finding[] {
  const { groups } = facts;
  if (groups === undefined) return [];
  const isOpen = groups.policy === "open" && groups.map === null;
  const takesAll = groups.map?.includes("*") === true && groups.policy !== "disabled";
  if (!isOpen && !takesAll) return [];
  const path = isOpen ? groups.policyPath : groups.mapPath;
  const findings: Finding[] = [
    {
      checkId: `channels.${facts.provider}.groups.${isOpen ? "open" : "wildcard"}`,
      severity: "warn",
      title: `${nameOf(facts)}: anyone can add the bot to a group and talk to it there`,
      detail: isOpen ? `${path} is "open" and ${groups.mapPath} names no group.` : `${path} contains "*".`,
      remediation: `Name the groups in ${groups.mapPath}, and ${isOpen ? `remove ${path}` : 'remove "*"'}.`,
    },
  ];
  if (isElevated) {
    findings.push({
      checkId: "security.exposure.open_groups_with_elevated",
      severity: "critical",
      title: `${nameOf(facts)}: any group, while elevated mode is switched on`,
      detail: `${path} lets in groups that nobody chose; a person with elevated rights may be talked into using them there.`,
      remediation: `Name the groups in ${groups.mapPath}, or switch tools.elevated off.`,
    });
  }
  return findings;
}

function checkConnection(facts: AccountFacts): Finding[] {
  const { provider, notReady, notices, endpoints } = facts;
  const findings: Finding[] = notices.map(({ code, message, hint }) => ({
    checkId: `channels.${provider}.notice.${code}`,
    severity: "warn",
    title: `${nameOf(facts)}: ${message}`,
    detail: "Said by the network when the bot last connected.",
    remediation: hint,
  }));
  if (notReady !== null) {
    findings.push({
      checkId: `channels.${provider}.not_ready`,
      severity: "warn",
      title: `${nameOf(facts)}: it is configured and cannot connect`,
      detail: notReady.message,
      remediation: notReady.hint,
    });
  }
  for (const { path, url } of endpoints.filter((endpoint) => !isLoopback(endpoint.url))) {
    findings.push({
      checkId: `channels.${provider}.endpoint_override`,
      severity: "warn",
      title: `${nameOf(facts)}: messages and the token go through another server`,
      detail: `${path} points to ${hostOf(url)}, on another machine.`,
      remediation: `Remove ${path}, unless that server is yours.`,
    });
  }
  return findings;
}

function checkElevated(elevated: NonNullable<Facts["elevated"]>): Finding[] {
  return elevated.flatMap(({ path, allowFrom }): Finding[] => {
    const provider = path.split(".").at(-1) ?? path;
    const remediation = `List in ${path} the few ids that must have a shell on this machine.`;
    if (allowFrom.includes("*")) {
      return [
        {
          checkId: `tools.elevated.allowFrom.${provider}.wildcard`,
          severity: "critical",
          title: "Everyone may run commands on this machine",
          detail: `${path} contains "*".`,
          remediation,
        },
      ];
    }
    if (allowFrom.length <= MANY) return [];
    return [
      {
        checkId: `tools.elevated.allowFrom.${provider}.large`,
        severity: "warn",
        title: "Many people may run commands on this machine",
        detail: `${path} has ${allowFrom.length} entries.`,
        remediation,
      },
    ];
  });
}

const noOwner: Finding = {
  checkId: "commands.no_owner",
  severity: "warn",
  title: "No owner is set",
  detail: "commands.ownerAllowFrom is empty: nobody may use the owner's commands.",
  remediation:
    'Set commands.ownerAllowFrom to your id ("telegram:123"), or approve yourself with `clawdbot pairing approve --owner`.',
};

function attackSurface(accounts: readonly AccountFacts[], isElevated: boolean): Finding {
  const count = (claim: (account: AccountFacts) => boolean) => accounts.filter(claim).length;
  const counts = [
    `${accounts.length} accounts`,
    `${count(({ dm }) => dm.policy === "open")} with open direct messages`,
    `${count(({ groups }) => groups?.policy === "open")} with open groups`,
    `elevated mode ${isElevated ? "on" : "off"}`,
  ];
  return {
    checkId: "summary.attack_surface",
    severity: "info",
    title: "What can be reached from outside",
    detail: `${counts.join(", ")}.`,
    remediation: "`clawdbot policy reach` names everyone who gets there.",
  };
}

function isLoopback(url: string): boolean {
  const host = hostOf(url);
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Without the rest of the address, which may hold a token. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : "an address that is no URL";
}
