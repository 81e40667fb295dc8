/** The gateway's own door, its model and what it has stored. */
import type { Facts } from "./facts.ts";
import type { Finding } from "./finding.ts";

export function checkGateway({ gateway, model }: Facts): Finding[] {
  const findings: Finding[] = [];
  if (model !== undefined && !model.hasKey) {
    findings.push({
      checkId: "models.no_key",
      severity: "warn",
      title: "There is no key for a model",
      detail: "The built-in practice model answers instead: it understands nothing.",
      remediation: model.remediation,
    });
  }
  if (gateway === undefined) return findings;
  const { bind, isLoopback, port, token, isTokenInConfig, portTaken } = gateway;
  if (!isLoopback) {
    findings.push({
      checkId: token === "strong" ? "gateway.bind_exposed" : "gateway.bind_no_auth",
      severity: token === "strong" ? "warn" : "critical",
      title: "Other machines can reach the gateway",
      detail: `gateway.bind is "${bind}", port ${port}; the token is ${token}.`,
      remediation: "Set gateway.bind to loopback and come in through SSH or a VPN.",
    });
  }
  if (token === "weak") {
    findings.push({
      checkId: "gateway.token_too_short",
      severity: "critical",
      title: "The gateway's token is easy to guess",
      detail: "It has less than 128 bits; the gateway refuses to start with it.",
      remediation:
        "Write a longer one (`openssl rand -hex 32`), or remove gateway.auth.token to have one made.",
    });
  }
  if (token === "missing") {
    findings.push({
      checkId: "gateway.token_missing",
      severity: "info",
      title: "The gateway has no token yet",
      detail: "Nothing but /health is answered without one.",
      remediation: "The first start makes one of 256 bits.",
    });
  }
  if (isTokenInConfig) {
    findings.push({
      checkId: "config.secrets.gateway_token_in_config",
      severity: "info",
      title: "The gateway's token stands in the config",
      detail: "Whoever is shown the config is shown the token.",
      remediation: "Remove gateway.auth.token to have one made and kept apart, or write it as ${VARIABLE}.",
    });
  }
  if (portTaken === "gateway" || portTaken === "program") {
    findings.push({
      checkId: "gateway.port_in_use",
      severity: "warn",
      title:
        portTaken === "gateway" ? "Another gateway has the port" : "Another program has the gateway's port",
      detail: `Port ${port} is taken.`,
      remediation: "End what has it, or set gateway.port.",
    });
  }
  return findings;
}

export function checkStores({ stores, configIssues = [] }: Facts): Finding[] {
  const findings = configIssues.map((issue): Finding => {
    const { code, path, message, hint, file, line, severity = "error" } = issue;
    const place = file === undefined ? "" : ` (${file}${line === undefined ? "" : `:${line}`})`;
    return {
      checkId: `config.${code}`,
      severity: severity === "error" ? "critical" : "warn",
      title: message,
      detail: `${path === "" ? "The config as a whole" : path}${place}`,
      remediation: hint,
    };
  });
  if (stores === undefined) return findings;
  const { databaseDamage, badAudit, corruptSessions, corruptPairing = [] } = stores;
  if (databaseDamage.length > 0) {
    findings.push({
      checkId: "state.database_corrupt",
      severity: "critical",
      title: "The gateway's database is damaged",
      detail: databaseDamage.join("; "),
      remediation:
        "Keep a copy, restore a backup or move the file away; the gateway then starts with an empty one.",
    });
  }
  if (badAudit !== null) {
    findings.push({
      checkId: "state.audit_broken",
      severity: "critical",
      title: "The audit record is not what was written",
      detail: `Record ${badAudit.seq} ${badAudit.reason}.`,
      remediation:
        "Treat this as an intrusion until you know better: `clawdbot incident report`, then look who could write there.",
    });
  }
  for (const path of corruptPairing) {
    findings.push({
      checkId: "state.pairing_corrupt",
      severity: "critical",
      title: "A pairing file is damaged",
      detail: path,
      remediation:
        "Correct it, restore a backup, or move it away: whoever was approved then asks anew. Until then strangers' messages wait.",
    });
  }
  for (const path of corruptSessions) {
    findings.push({
      checkId: "state.sessions_corrupt",
      severity: "critical",
      title: "A session index is damaged",
      detail: path,
      remediation:
        "Correct it, restore a backup, or move it away: its sessions then begin anew, the transcripts stay.",
    });
  }
  return findings;
}
