/**
 * `clawdbot doctor`, and `clawdbot security audit`, which is the same without what is merely not set up yet: gathers facts about
 * this installation, shows what they mean, and with `--fix` repairs what only narrows.
 */
import {
  accountFacts,
  type AccountFacts,
  examine,
  type Facts,
  type Finding,
  inspectState,
  planRepairs,
  printReport,
  repair,
  type RepairPorts,
  type Report,
  sentenceOf,
} from "@clawd/doctor";
import { messageOf, systemClock } from "@clawd/kernel";
import { examinePairingFiles, filePairings } from "@clawd/pairing/file";
import { bindAddress, isStrongToken, keptToken, whoHas } from "@clawd/server";
import { openSessionsReader } from "@clawd/sessions";
import { examineStore } from "@clawd/store";
import { type Arguments, print, printError, printJson } from "../cli.ts";
import { askStandings, runningGateway } from "../control-client.ts";
import { logFileToday } from "../log-file.ts";
import { loadWhole } from "../load.ts";
import { type Paths, pathsFrom } from "../paths.ts";
import type { Config } from "../config.ts";
import { sandboxFacts, sandboxRepairs } from "../doctor-sandbox.ts";
import { networkNamed, networks, readinessOf } from "../providers.ts";
import { notReady } from "../settings.ts";

/** Exit status 1 when something critical is left. */
export async function doctor({ options }: Arguments): Promise<number> {
  return shown(options, () => true);
}

/** Exit status 1 when something critical is left. */
export async function audit({ options }: Arguments): Promise<number> {
  return shown(options, ({ checkId }) => !isSetUp(checkId));
}

/** Of what does not work yet: nobody gets in by it. */
const isSetUp = (checkId: string): boolean =>
  /^models\.|\.not_ready$|\.dm\.locked$|^sandbox\.(?:image|engine_unreachable|stale)/.test(checkId);

async function shown(
  options: Arguments["options"],
  isWanted: (finding: Finding) => boolean,
): Promise<number> {
  const paths = pathsFrom(process.env);
  let { facts, repairs } = await gather(paths);
  const look = () => chosen(examine(facts), isWanted);
  let report = look();
  if (options["fix"] === true) {
    for (const { fix, isDone, reason } of await repair(planRepairs(report), repairs))
      printError(
        `${isDone ? "done  " : "failed"}  ${sentenceOf(fix)}${reason === null ? "" : `: ${reason}`}`,
      );
    ({ facts, repairs } = await gather(paths));
    report = look();
  }
  if (options["json"] === true)
    printJson({ summary: report.summary, findings: report.findings.map(withoutFix) });
  else print(printReport(report));
  return report.summary.critical > 0 ? 1 : 0;
}

function chosen({ findings }: Report, isWanted: (finding: Finding) => boolean): Report {
  const wanted = findings.filter(isWanted);
  const count = (severity: Finding["severity"]) =>
    wanted.filter((finding) => finding.severity === severity).length;
  return {
    summary: { critical: count("critical"), warn: count("warn"), info: count("info") },
    findings: wanted,
  };
}

function withoutFix({ fix: _fix, ...finding }: ReturnType<typeof examine>["findings"][number]) {
  return finding;
}

async function gather(paths: Paths): Promise<{ readonly facts: Facts; readonly repairs?: RepairPorts }> {
  const loaded = await loadWhole(paths.config);
  const logFile = logFileToday();
  const files = inspectState({
    stateDir: paths.stateDir,
    config: paths.config,
    includes: loaded.ok ? loaded.value.files.filter((file) => file !== paths.config) : [],
    ...(logFile === undefined ? {} : { logFile }),
  });
  const stores = storeFacts(paths);
  if (!loaded.ok) return { facts: { files, configIssues: loaded.issues, stores } };
  const config = loaded.value.value;
  const { commands, session } = config as {
    commands?: { ownerAllowFrom?: readonly string[] };
    session?: { dmScope?: string };
  };
  const accounts = await accountsOf(config, paths);
  const facts: Facts = {
    files,
    configIssues: loaded.warnings.filter(({ code }) => code !== notReady),
    accounts,
    ...(session?.dmScope === undefined ? {} : { dmScope: session.dmScope }),
    owners: commands?.ownerAllowFrom?.length ?? 0,
    model: modelFacts(config),
    gateway: await gatewayFacts(config, paths),
    sandbox: await sandboxFacts(loaded.value, paths),
    stores: { ...stores, corruptPairing: corruptPairing(paths, accounts) },
  };
  return { facts, repairs: sandboxRepairs(config, (line) => printError(line)) };
}

function modelFacts(config: Config): NonNullable<Facts["model"]> {
  const key = config.models?.providers?.["anthropic"]?.apiKey ?? process.env["ANTHROPIC_API_KEY"] ?? "";
  return {
    hasKey: key !== "",
    remediation: "Set ANTHROPIC_API_KEY, or models.providers.anthropic.apiKey in the config.",
  };
}

async function gatewayFacts(config: Config, paths: Paths): Promise<NonNullable<Facts["gateway"]>> {
  const bind = config.gateway?.bind ?? "loopback";
  const running = runningGateway();
  const port = running?.port ?? config.gateway?.port ?? 18_789;
  const configured = config.gateway?.auth.token;
  const token = configured ?? keptToken(paths.stateDir);
  return {
    bind,
    isLoopback: bindAddress(bind) === "127.0.0.1",
    port,
    token: token === undefined ? "missing" : isStrongToken(token) ? "strong" : "weak",
    isTokenInConfig: configured !== undefined,
    portTaken: running !== undefined ? "ours" : await whoHas(port),
  };
}

/** Those that can be asked without a gateway: nothing is said of what cannot be read, which is another finding. */
function accountsOf(config: Config, paths: Paths): Promise<readonly AccountFacts[]> {
  const pairing = filePairings({ directory: paths.credentials, clock: systemClock, network: networkNamed });
  return askStandings().then((standings) =>
    accountFacts(config, {
      networks,
      standings,
      approved: ({ id }, account) => (pairing(id, account)?.approved() ?? []).map((one) => one.id),
      async notReady({ id }, settings) {
        const readiness = await readinessOf(id, settings);
        return readiness.ready ? null : { message: readiness.message, hint: readiness.hint };
      },
    }),
  );
}

/** What is wrong with the pairing files of the accounts, each thing once. */
function corruptPairing(paths: Paths, accounts: readonly AccountFacts[]): readonly string[] {
  const found = accounts.flatMap(({ provider, account }) => {
    const network = networkNamed(provider);
    const files = { directory: paths.credentials, provider, account, clock: systemClock };
    return network?.canPair === true ? examinePairingFiles({ ...files, network }) : [];
  });
  return [...new Set(found)];
}

function storeFacts(paths: Paths): NonNullable<Facts["stores"]> {
  const corruptSessions: string[] = [];
  try {
    openSessionsReader({ stateDir: paths.stateDir }).list();
  } catch (fault) {
    corruptSessions.push(messageOf(fault));
  }
  const { damage: databaseDamage, badAudit } = examineStore({ directory: paths.runtime });
  return { databaseDamage, badAudit, corruptSessions };
}
