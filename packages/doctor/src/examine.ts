/** All checks over what was gathered. Pure: the same facts give the same report. */
import { checkAccess } from "./check-access.ts";
import { checkFiles } from "./check-files.ts";
import { checkGateway, checkStores } from "./check-gateway.ts";
import { checkSandbox } from "./check-sandbox.ts";
import { checkSandboxSettings } from "./check-sandbox-settings.ts";
import type { Facts } from "./facts.ts";
import { reportOf, type Report } from "./finding.ts";

export function examine(facts: Facts): Report {
  return reportOf([
    ...checkFiles(facts.files ?? []),
    ...checkStores(facts),
    ...checkAccess(facts),
    ...checkGateway(facts),
    ...checkSandbox(facts.sandbox),
    ...checkSandboxSettings(facts.sandbox),
  ]);
}
