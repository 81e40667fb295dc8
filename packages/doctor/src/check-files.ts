/** Every file and directory is for its owner alone. */
import type { FileFacts, FileRole } from "./facts.ts";
import type { Finding, Severity } from "./finding.ts";

interface Expectation {
  readonly kind: "file" | "directory";
  readonly what: string;
  /** By id of the check: the bits that are too many, and how grave that is. The first that matches is reported. */
  readonly rules: readonly (readonly [check: string, bits: number, severity: Severity])[];
}

const writable = ["perms_writable", 0o022, "critical"] as const;
const readable = ["perms_readable", 0o055, "warn"] as const;
/** Where a secret stands in clear text. */
const secret = [
  writable,
  ["perms_world_readable", 0o005, "critical"],
  ["perms_group_readable", 0o050, "warn"],
] as const;

const expectations: Readonly<Record<FileRole, Expectation>> = {
  state_dir: {
    kind: "directory",
    what: "The state directory",
    rules: [["perms_world_writable", 0o002, "critical"], ["perms_group_writable", 0o020, "warn"], readable],
  },
  config: { kind: "file", what: "The config", rules: secret },
  config_include: { kind: "file", what: "A file that the config includes", rules: secret },
  credentials_dir: { kind: "directory", what: "The directory of credentials", rules: [writable, readable] },
  credentials_file: { kind: "file", what: "A file of credentials", rules: secret },
  sessions_dir: { kind: "directory", what: "A directory of sessions", rules: [writable, readable] },
  sessions_store: { kind: "file", what: "A session index", rules: [writable, readable] },
  transcript: { kind: "file", what: "A transcript", rules: [writable, readable] },
  runtime_dir: {
    kind: "directory",
    what: "The directory of the gateway's database",
    rules: [writable, readable],
  },
  runtime_file: { kind: "file", what: "A file of the gateway's database", rules: [writable, readable] },
  media_dir: { kind: "directory", what: "The directory of files to be sent", rules: [writable, readable] },
  media_file: { kind: "file", what: "A file to be sent", rules: [writable, readable] },
  log_dir: { kind: "directory", what: "The log's directory", rules: [writable, readable] },
  log_file: { kind: "file", what: "The log", rules: [writable, readable] },
};

export function checkFiles(files: readonly FileFacts[]): Finding[] {
  return files.flatMap((facts) => [...checkPlace(facts), ...checkKind(facts), ...checkMode(facts)]);
}

function checkPlace({ role, path, kind, isWritable }: FileFacts): Finding[] {
  const { what } = expectations[role];
  const findings: Finding[] = [];
  if (
    /\/(?:Mobile Documents|Dropbox|OneDrive|Google ?Drive)(?:\/|$)/i.test(path) &&
    ["state_dir", "config"].includes(role)
  ) {
    findings.push({
      checkId: "fs.synced_dir",
      severity: "warn",
      title: `${what} is in a folder that is copied to other machines`,
      detail: path,
      remediation:
        "Move it out of the synchronised folder; CLAWDBOT_STATE_DIR and CLAWDBOT_CONFIG_PATH say where it is.",
    });
  }
  if (role === "state_dir" && kind === "missing") {
    findings.push({
      checkId: "fs.state_dir.missing",
      severity: "info",
      title: "There is no state directory yet",
      detail: path,
      remediation: "The first start makes it; so does `clawdbot doctor --fix`.",
      fix: { kind: "mkdir", path },
    });
  }
  if (kind === "directory" && !isWritable) {
    findings.push({
      checkId: `fs.${role}.not_writable`,
      severity: "critical",
      title: `${what} cannot be written`,
      detail: path,
      remediation: "Give this user write access (`chmod u+rwx`), or move the state with CLAWDBOT_STATE_DIR.",
    });
  }
  return findings;
}

function checkKind({ role, path, kind, isOwn, target }: FileFacts): Finding[] {
  const expected = expectations[role];
  if (kind === "missing") return [];
  if (kind === "symlink") {
    return [
      {
        checkId: `fs.${role}.symlink`,
        severity: "warn",
        title: `${expected.what} is a symbolic link`,
        detail: `${path} points to ${target}`,
        remediation:
          "Put the real thing in its place; whoever can change the link's target decides what is read and written.",
      },
    ];
  }
  const findings: Finding[] = [];
  if (kind !== expected.kind) {
    findings.push({
      checkId: `fs.${role}.wrong_type`,
      severity: "critical",
      title: `${expected.what} is not a ${expected.kind}`,
      detail: kind === "unreadable" ? `${path} cannot be looked at` : path,
      remediation: "Move away what stands there, or give this user access to it.",
    });
  }
  if (!isOwn) {
    findings.push({
      checkId: `fs.${role}.not_owned`,
      severity: "critical",
      title: `${expected.what} belongs to another user`,
      detail: path,
      remediation: "Make it this user's with chown, or move it away; its owner can change it at any time.",
    });
  }
  return findings;
}

function checkMode({ role, path, kind, mode, isOwn }: FileFacts): Finding[] {
  const expected = expectations[role];
  if (mode === null || kind !== expected.kind) return [];
  const broken = expected.rules.find(([, bits]) => (mode & bits) !== 0);
  if (broken === undefined) return [];
  const [check, bits, severity] = broken;
  const wanted = expected.kind === "directory" ? 0o700 : 0o600;
  return [
    {
      checkId: `fs.${role}.${check}`,
      severity,
      title: `${expected.what} can be ${(bits & 0o022) === 0 ? "read" : "changed"} by other users`,
      detail: `${path} has mode ${octal(mode)}`,
      remediation: `chmod ${octal(mode & wanted)} ${path}`,
      ...(isOwn ? { fix: { kind: "chmod", path, mode: wanted } as const } : {}),
    },
  ];
}

function octal(mode: number): string {
  return mode.toString(8).padStart(3, "0");
}
