import { describe, expect, test } from "vitest";
import { aFile, anAccount, checkIds, theFacts } from "../test/builders.ts";
import { examine, printReport, type AccountFacts, type Facts, type FileRole } from "./index.ts";

test("a sound installation has nothing to find", () => {
  expect(examine(theFacts())).toEqual({ summary: { critical: 0, warn: 0, info: 0 }, findings: [] });
});

test("what was not looked at is not judged", () => {
  expect(examine({}).findings).toEqual([]);
});

test("the gravest comes first, and the summary counts", () => {
  const report = examine(theFacts({ owners: 0, files: [aFile({ mode: 0o666 })], accounts: [anAccount()] }));
  expect(report.findings.map(({ severity }) => severity)).toEqual(["critical", "warn", "info"]);
  expect(report.summary).toEqual({ critical: 1, warn: 1, info: 1 });
});

test("every finding has the shape that scripts rely on, and a remedy", () => {
  const report = examine(
    theFacts({
      owners: 0,
      model: { hasKey: false, remediation: "Set ANTHROPIC_API_KEY." },
      files: [aFile({ mode: 0o644 })],
      accounts: [anAccount({ dm: { ...anAccount().dm, policy: "open", allowFrom: ["*"] } })],
    }),
  );
  for (const finding of report.findings) {
    expect(finding.checkId).toMatch(/^[a-z_]+(?:\.[A-Za-z0-9_-]+)+$/);
    expect(["critical", "warn", "info"]).toContain(finding.severity);
    for (const text of [finding.title, finding.detail, finding.remediation])
      expect(text.length).toBeGreaterThan(5);
  }
});

describe("files", () => {
  const rows: [role: FileRole, kind: "file" | "directory", mode: number, id: string][] = [
    ["state_dir", "directory", 0o702, "critical fs.state_dir.perms_world_writable"],
    ["state_dir", "directory", 0o720, "warn fs.state_dir.perms_group_writable"],
    ["state_dir", "directory", 0o755, "warn fs.state_dir.perms_readable"],
    ["state_dir", "directory", 0o710, "warn fs.state_dir.perms_readable"],
    ["config", "file", 0o620, "critical fs.config.perms_writable"],
    ["config", "file", 0o604, "critical fs.config.perms_world_readable"],
    ["config", "file", 0o640, "warn fs.config.perms_group_readable"],
    ["config_include", "file", 0o644, "critical fs.config_include.perms_world_readable"],
    ["credentials_dir", "directory", 0o777, "critical fs.credentials_dir.perms_writable"],
    ["credentials_dir", "directory", 0o755, "warn fs.credentials_dir.perms_readable"],
    ["credentials_file", "file", 0o644, "critical fs.credentials_file.perms_world_readable"],
    ["credentials_file", "file", 0o640, "warn fs.credentials_file.perms_group_readable"],
    ["sessions_dir", "directory", 0o755, "warn fs.sessions_dir.perms_readable"],
    ["sessions_store", "file", 0o644, "warn fs.sessions_store.perms_readable"],
    ["sessions_store", "file", 0o666, "critical fs.sessions_store.perms_writable"],
    ["transcript", "file", 0o644, "warn fs.transcript.perms_readable"],
    ["runtime_dir", "directory", 0o755, "warn fs.runtime_dir.perms_readable"],
    ["runtime_file", "file", 0o644, "warn fs.runtime_file.perms_readable"],
    ["runtime_file", "file", 0o660, "critical fs.runtime_file.perms_writable"],
    ["media_dir", "directory", 0o755, "warn fs.media_dir.perms_readable"],
    ["media_file", "file", 0o644, "warn fs.media_file.perms_readable"],
    ["log_dir", "directory", 0o777, "critical fs.log_dir.perms_writable"],
    ["log_file", "file", 0o644, "warn fs.log_file.perms_readable"],
  ];

  test.each(rows)("%s (%s) with mode %o is %s", (role, kind, mode, id) => {
    const report = examine({ files: [aFile({ role, kind, mode, path: "/s/x" })] });
    expect(checkIds(report)).toEqual([id]);
    expect(report.findings[0]?.fix).toEqual({
      kind: "chmod",
      path: "/s/x",
      mode: kind === "file" ? 0o600 : 0o700,
    });
  });

  test("of any role are sound exactly when no one else has a right", () => {
    for (const [role, kind] of rows) {
      for (let mode = 0; mode <= 0o777; mode++) {
        const { findings } = examine({ files: [aFile({ role, kind, mode })] });
        expect([role, mode, findings.length > 0]).toEqual([role, mode, (mode & 0o077) !== 0]);
      }
    }
  });

  test("that are links are reported with their target, and never repaired", () => {
    const report = examine({ files: [aFile({ kind: "symlink", mode: null, target: "/elsewhere" })] });
    expect(checkIds(report)).toEqual(["warn fs.config.symlink"]);
    expect(report.findings[0]).toMatchObject({ detail: expect.stringContaining("/elsewhere") });
    expect(report.findings[0]).not.toHaveProperty("fix");
  });

  test("of another user are critical, and never repaired", () => {
    const report = examine({ files: [aFile({ isOwn: false, mode: 0o644 })] });
    expect(checkIds(report)).toEqual([
      "critical fs.config.not_owned",
      "critical fs.config.perms_world_readable",
    ]);
    expect(report.findings.flatMap(({ fix }) => fix ?? [])).toEqual([]);
  });

  test.each(["directory", "other", "unreadable"] as const)("where a %s stands are critical", (kind) => {
    expect(checkIds(examine({ files: [aFile({ kind, mode: null })] }))).toEqual([
      "critical fs.config.wrong_type",
    ]);
  });

  test("in a folder that is copied elsewhere are told", () => {
    for (const folder of ["Dropbox", "OneDrive", "Google Drive", "Library/Mobile Documents/x"]) {
      const path = `/home/u/${folder}/.clawdbot`;
      const files = [aFile({ role: "state_dir", kind: "directory", mode: 0o700, path })];
      expect(checkIds(examine({ files }))).toEqual(["warn fs.synced_dir"]);
    }
    expect(checkIds(examine({ files: [aFile({ path: "/home/u/Dropbox-notes/c.json" })] }))).toEqual([]);
  });

  test("that cannot be written are told; a missing state directory can be made", () => {
    const stateDir = aFile({
      role: "state_dir",
      kind: "directory",
      mode: 0o500,
      isWritable: false,
      path: "/s",
    });
    expect(checkIds(examine({ files: [stateDir] }))).toEqual(["critical fs.state_dir.not_writable"]);
    const missing = examine({ files: [{ ...stateDir, kind: "missing", mode: null }] });
    expect(missing.findings).toMatchObject([
      { checkId: "fs.state_dir.missing", severity: "info", fix: { kind: "mkdir", path: "/s" } },
    ]);
  });
});

describe("direct messages", () => {
  const withDm = (dm: Partial<AccountFacts["dm"]>, parts: Partial<AccountFacts> = {}): Facts =>
    theFacts({ accounts: [anAccount({ ...parts, dm: { ...anAccount().dm, ...dm } })] });

  test.each<[Partial<AccountFacts["dm"]>, string[]]>([
    [{ policy: "open", allowFrom: ["*"] }, ["critical channels.irc.dm.open"]],
    [{ policy: "open", allowFrom: [] }, ["warn channels.irc.dm.open_invalid"]],
    [{ policy: "open", allowFrom: ["42"] }, ["warn channels.irc.dm.open_invalid"]],
    [{ policy: "disabled" }, ["info channels.irc.dm.disabled"]],
    [{ policy: "allowlist", allowFrom: [] }, ["warn channels.irc.dm.locked"]],
    // Approvals by pairing do not count under allowlist.
    [{ policy: "allowlist", allowFrom: [], approved: 3 }, ["warn channels.irc.dm.locked"]],
    [{ policy: "allowlist", allowFrom: ["*"] }, ["warn channels.irc.dm.locked"]],
    [{ policy: "allowlist", allowFrom: ["42"] }, []],
    [{ policy: "pairing", allowFrom: [] }, ["info channels.irc.dm.locked"]],
    [{ policy: "pairing", allowFrom: [], approved: 1 }, []],
    [{ policy: "pairing", allowFrom: ["42"] }, []],
    [{ policy: "Open" as "open", allowFrom: ["*"] }, ["critical channels.irc.dm.unknown_policy"]],
  ])("with %j: %j", (dm, ids) => {
    expect(checkIds(examine(withDm(dm)))).toEqual(ids);
  });

  test("name the key that decides, and every account of its own", () => {
    const account = anAccount({ account: "work" });
    const dm = {
      ...account.dm,
      policy: "open",
      allowFrom: ["*"],
      policyPath: "irc.accounts.work.dmPolicy",
    } as const;
    const report = examine(theFacts({ accounts: [anAccount(), { ...account, dm }] }));
    expect(report.findings[0]).toMatchObject({
      title: expect.stringContaining("IRC, account work"),
      detail: expect.stringContaining("irc.accounts.work.dmPolicy"),
    });
  });

  test("that nobody may send say how to approve the first, for the right account", () => {
    const [finding] = examine(withDm({ policy: "pairing", allowFrom: [] }, { account: "work" })).findings;
    expect(finding?.remediation).toContain("clawdbot pairing approve irc <code> --account work");
  });

  test("of several people in one session are told", () => {
    const shared = { ...withDm({ allowFrom: ["1", "2"] }), dmScope: "main" };
    expect(checkIds(examine(shared))).toEqual(["warn channels.irc.dm.scope_main_multiuser"]);
    expect(checkIds(examine({ ...shared, dmScope: "per-peer" }))).toEqual([]);
    expect(checkIds(examine({ ...withDm({ allowFrom: ["1"] }), dmScope: "main" }))).toEqual([]);
    expect(checkIds(examine({ ...withDm({ allowFrom: ["1"], approved: 1 }), dmScope: "main" }))).toHaveLength(
      1,
    );
  });

  test("never show a person's id", () => {
    const allowFrom = ["+15551234567", "*"];
    for (const policy of ["open", "pairing", "allowlist", "disabled"] as const) {
      expect(JSON.stringify(examine({ ...withDm({ policy, allowFrom }), dmScope: "main" }))).not.toContain(
        "15551234567",
      );
    }
  });
});

describe("groups", () => {
  const withGroups = (groups: Partial<NonNullable<AccountFacts["groups"]>>, parts: Facts = {}): Facts =>
    theFacts({ accounts: [anAccount({ groups: { ...anAccount().groups!, ...groups } })], ...parts });
  const elevated = [{ path: "tools.elevated.allowFrom.irc", allowFrom: ["42"] }];

  test.each<[Parameters<typeof withGroups>[0], string[]]>([
    [{ policy: "open", map: null }, ["warn channels.irc.groups.open"]],
    [{ policy: "open", map: ["#ours"] }, []],
    [{ policy: "open", map: ["*"] }, ["warn channels.irc.groups.wildcard"]],
    [{ policy: null, map: ["*"] }, ["warn channels.irc.groups.wildcard"]],
    [{ policy: null, map: null }, []],
    [{ policy: "disabled", map: ["*"] }, []],
    [{ policy: "allowlist", map: ["#ours"] }, []],
  ])("with %j: %j", (groups, ids) => {
    expect(checkIds(examine(withGroups(groups)))).toEqual(ids);
  });

  test("that anyone may open are critical while elevated mode is on", () => {
    const open = { policy: "open", map: null } as const;
    expect(checkIds(examine(withGroups(open, { elevated })))).toContain(
      "critical security.exposure.open_groups_with_elevated",
    );
    expect(checkIds(examine(withGroups({ map: ["#ours"] }, { elevated })))).toEqual([]);
  });

  test("are no question where a network has none", () => {
    const { groups: _, ...account } = anAccount();
    expect(checkIds(examine(theFacts({ accounts: [account] })))).toEqual([]);
  });
});

describe("connections", () => {
  const withAccount = (parts: Partial<AccountFacts>) => examine(theFacts({ accounts: [anAccount(parts)] }));

  test("that are not ready say why", () => {
    const report = withAccount({ notReady: { message: "irc.token is not set.", hint: "Set it." } });
    expect(report.findings[0]).toMatchObject({
      checkId: "channels.irc.not_ready",
      detail: "irc.token is not set.",
    });
  });

  test("pass on what the network had to say", () => {
    const notice = { code: "privacy-mode", message: "privacy mode is on", hint: "Switch it off." };
    expect(checkIds(withAccount({ notices: [notice] }))).toEqual(["warn channels.irc.notice.privacy-mode"]);
  });

  test.each([
    ["https://proxy.example/bot", true],
    ["http://127.0.0.1.evil.example", true],
    ["http://localhost.evil.example", true],
    ["http://evil.example/127.0.0.1", true],
    ["http://127.0.0.1@evil.example", true],
    ["no url", true],
    ["http://127.0.0.1:8081", false],
    ["http://localhost:8081/x", false],
    ["http://[::1]:8081", false],
  ])("to %s: told = %s", (url, isTold) => {
    const report = withAccount({ endpoints: [{ path: "irc.apiRoot", url }] });
    expect(checkIds(report)).toEqual(isTold ? ["warn channels.irc.endpoint_override"] : []);
  });

  test("never show the token in an address", () => {
    const report = withAccount({
      endpoints: [{ path: "irc.apiRoot", url: "https://u:canary@proxy.example/canary?t=canary" }],
    });
    expect(JSON.stringify(report)).not.toContain("canary");
  });
});

describe("people with rights", () => {
  test("no owner is told", () => {
    expect(checkIds(examine(theFacts({ owners: 0 })))).toEqual(["warn commands.no_owner"]);
  });

  test("everyone, or many, in elevated mode are told", () => {
    const path = "tools.elevated.allowFrom.irc";
    const many = Array.from({ length: 26 }, (_, index) => String(index));
    const ids = (allowFrom: string[]) => checkIds(examine(theFacts({ elevated: [{ path, allowFrom }] })));
    expect(ids(["*"])).toEqual(["critical tools.elevated.allowFrom.irc.wildcard"]);
    expect(ids(many)).toEqual(["warn tools.elevated.allowFrom.irc.large"]);
    expect(ids(many.slice(1))).toEqual([]);
  });
});

describe("the gateway", () => {
  const withGateway = (parts: Partial<NonNullable<Facts["gateway"]>>) =>
    checkIds(examine(theFacts({ gateway: { ...theFacts().gateway!, ...parts } })));
  const lan = { bind: "lan", isLoopback: false } as const;

  test.each<[Parameters<typeof withGateway>[0], string[]]>([
    [lan, ["warn gateway.bind_exposed"]],
    [{ ...lan, token: "missing" }, ["critical gateway.bind_no_auth", "info gateway.token_missing"]],
    [{ ...lan, token: "weak" }, ["critical gateway.bind_no_auth", "critical gateway.token_too_short"]],
    [{ token: "weak" }, ["critical gateway.token_too_short"]],
    [{ token: "missing" }, ["info gateway.token_missing"]],
    [{ isTokenInConfig: true }, ["info config.secrets.gateway_token_in_config"]],
    [{ portTaken: "gateway" }, ["warn gateway.port_in_use"]],
    [{ portTaken: "program" }, ["warn gateway.port_in_use"]],
    [{ portTaken: "ours" }, []],
  ])("with %j: %j", (parts, ids) => {
    expect(withGateway(parts)).toEqual(ids);
  });

  test("without a model's key says which to set", () => {
    const report = examine(theFacts({ model: { hasKey: false, remediation: "Set ANTHROPIC_API_KEY." } }));
    expect(report.findings).toMatchObject([
      { checkId: "models.no_key", remediation: "Set ANTHROPIC_API_KEY." },
    ]);
  });
});

describe("what is stored", () => {
  test("and damaged is critical, by its own name", () => {
    const stores = {
      databaseDamage: ["page 4 is never used"],
      badAudit: { seq: 7, reason: "was changed" },
      corruptSessions: ["/s/agents/main/sessions/sessions.json"],
      corruptPairing: ["Cannot trust /s/credentials/irc-allowFrom.json: it is not JSON."],
    };
    const report = examine(theFacts({ stores }));
    expect(checkIds(report)).toEqual([
      "critical state.audit_broken",
      "critical state.database_corrupt",
      "critical state.pairing_corrupt",
      "critical state.sessions_corrupt",
    ]);
    expect(report.findings[0]?.detail).toBe("Record 7 was changed.");
  });

  test("mistakes of the config are critical, its warnings are warnings, each with its place", () => {
    const issue = {
      code: "unknown-key",
      path: "irc.dmpolicy",
      message: "Unknown key.",
      hint: "Write dmPolicy.",
    };
    const report = examine(
      theFacts({
        configIssues: [
          { ...issue, file: "clawdbot.json", line: 3 },
          { ...issue, code: "late", path: "", severity: "warning" },
        ],
      }),
    );
    expect(report.findings).toMatchObject([
      {
        checkId: "config.unknown-key",
        severity: "critical",
        detail: "irc.dmpolicy (clawdbot.json:3)",
        remediation: "Write dmPolicy.",
      },
      { checkId: "config.late", severity: "warn", detail: "The config as a whole" },
    ]);
  });
});

test("a printed report has every finding with its remedy, and the counts", () => {
  const text = printReport(examine(theFacts({ owners: 0, files: [aFile({ mode: 0o644 })] })));
  expect(text.split("\n")).toEqual([
    "CRITICAL  The config can be read by other users  [fs.config.perms_world_readable]",
    "    /home/u/.clawdbot/clawdbot.json has mode 644",
    "    → chmod 600 /home/u/.clawdbot/clawdbot.json",
    "WARNING  No owner is set  [commands.no_owner]",
    expect.stringContaining("commands.ownerAllowFrom"),
    expect.stringContaining("→ "),
    "1 critical, 1 warnings, 0 notes",
  ]);
});
