/** `clawdbot doctor`: gathers facts about this installation, shows what they mean, and with `--fix` repairs what only narrows. */
import {
  accountFacts,
  type AccountFacts,
  examine,
  type Facts,
  inspectState,
  planRepairs,
  printReport,
  repair,
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
import { networkNamed, networks, readinessOf } from "../providers.ts";
import { notReady } from "../settings.ts";

/** Exit status 1 when something critical is left. */
export async function doctor({ options }: Arguments): Promise<number> {
  const paths = pathsFrom(process.env);
  let report = examine(await gather(paths));
  if (options["fix"] === true) {
    for (const { fix, isDone, reason } of repair(planRepairs(report)))
      printError(
        `${isDone ? "done  " : "failed"}  ${sentenceOf(fix)}${reason === null ? "" : `: ${reason}`}`,
      );
    report = examine(await gather(paths));
  }
  if (options["json"] === true)
    printJson({ summary: report.summary, findings: report.findings.map(withoutFix) });
  else print(printReport(report));
  return report.summary.critical > 0 ? 1 : 0;
}

function withoutFix({ fix: _fix, ...finding }: ReturnType<typeof examine>["findings"][number]) {
  return finding;
}

async function gather(paths: Paths): Promise<Facts> {
  const loaded = await loadWhole(paths.config);
  const logFile = logFileToday();
  const files = inspectState({
    stateDir: paths.stateDir,
    config: paths.config,
    includes: loaded.ok ? loaded.value.files.filter((file) => file !== paths.config) : [],
    ...(logFile === undefined ? {} : { logFile }),
  });
  const stores = storeFacts(paths);
  if (!loaded.ok) return { files, configIssues: loaded.issues, stores };
  const config = loaded.value.value;
  const { commands, session } = config as {
    commands?: { ownerAllowFrom?: readonly string[] };
    session?: { dmScope?: string };
  };
  const accounts = await accountsOf(config, paths);
  return {
    files,
    configIssues: loaded.warnings.filter(({ code }) => code !== notReady),
    accounts,
    ...(session?.dmScope === undefined ? {} : { dmScope: session.dmScope }),
    owners: commands?.ownerAllowFrom?.length ?? 0,
    model: modelFacts(config),
    gateway: await gatewayFacts(config, paths),
    stores: { ...stores, corruptPairing: corruptPairing(paths, accounts) },
  };
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
