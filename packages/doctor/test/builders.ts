/** Facts of an installation with nothing to find, with the parts a test cares about put in. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { AccountFacts, Facts, FileFacts, Finding } from "../src/index.ts";

export function aDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "clawd-doctor-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function aFile(parts: Partial<FileFacts> = {}): FileFacts {
  return {
    role: "config",
    path: "/home/u/.clawdbot/clawdbot.json",
    kind: "file",
    mode: 0o600,
    isOwn: true,
    isWritable: true,
    target: null,
    ...parts,
  };
}

export function anAccount(parts: Partial<AccountFacts> = {}): AccountFacts {
  return {
    provider: "irc",
    label: "IRC",
    account: "default",
    dm: {
      policy: "allowlist",
      policyPath: "irc.dmPolicy",
      allowFrom: ["42"],
      allowFromPath: "irc.allowFrom",
      approved: 0,
    },
    groups: { policy: null, policyPath: "irc.groupPolicy", map: ["#ours"], mapPath: "irc.groups" },
    notReady: null,
    notices: [],
    endpoints: [],
    ...parts,
  };
}

export function theFacts(parts: Facts = {}): Facts {
  return {
    files: [aFile(), aFile({ role: "state_dir", path: "/home/u/.clawdbot", kind: "directory", mode: 0o700 })],
    configIssues: [],
    accounts: [],
    dmScope: "per-account-channel-peer",
    owners: 1,
    elevated: [],
    model: { hasKey: true, remediation: "Set ANTHROPIC_API_KEY." },
    gateway: {
      bind: "loopback",
      isLoopback: true,
      port: 18_789,
      token: "strong",
      isTokenInConfig: false,
      portTaken: "no",
    },
    stores: { databaseDamage: [], badAudit: null, corruptSessions: [] },
    ...parts,
  };
}

export const checkIds = ({ findings }: { readonly findings: readonly Finding[] }) =>
  findings
    .map(({ checkId, severity }) => `${severity} ${checkId}`)
    .filter((id) => id !== "info summary.attack_surface");
