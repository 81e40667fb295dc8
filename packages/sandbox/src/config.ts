/** Names only: what reading a config needs, without anything that makes containers. */
export { sandboxIssues } from "./config-issues.ts";
export { compareSettings } from "./compare-settings.ts";
export {
  atMost,
  atMostHours,
  canonical,
  differ,
  type Difference,
  exactly,
  inOrder,
} from "./setting-rules.ts";
export { browserSettings } from "./browser-settings.ts";
export { resolveSettings, type SandboxSettings } from "./settings.ts";
export type { BindRules } from "./binds.ts";
export { containerNameOf, installationOf, scopeKeyOf, workspaceOf } from "./scope.ts";
export { ofScope, scopeRecords, scopesIn, sparePrefix } from "./scope-records.ts";
export { labels } from "./specification.ts";
