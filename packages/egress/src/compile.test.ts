import fc from "fast-check";
import { expect, test } from "vitest";
import { compileEgress, type EgressSettings } from "./compile.ts";
import { egressSchema } from "./schema.ts";

const issues = (settings: EgressSettings) => {
  const compiled = compileEgress(settings);
  return compiled.ok ? [] : compiled.issues.map(({ code, path }) => `${path} ${code}`);
};

test("hosts, ports and wildcards become rules in canonical form", () => {
  const compiled = compileEgress({
    allow: [
      "packages.example.net",
      "Index.Example.NET.:443",
      "*.Example.ORG:8443",
      { host: "bücher.example", ports: [80, 443, 80] },
      { host: "192.168.1.5", ports: [8080], private: true },
      "1.1.1.1:443",
      "[2606:4700::1]:443",
      { host: "2606:4700::2" },
    ],
    secrets: [{ host: "a.example.org", header: "Authorization", value: "canary-1234", scheme: "Bearer" }],
  });
  expect(compiled).toEqual({
    ok: true,
    warnings: [],
    value: {
      allow: [
        { host: "packages.example.net", ports: [443] },
        { host: "index.example.net", ports: [443] },
        { host: "*.example.org", ports: [8443] },
        { host: "xn--bcher-kva.example", ports: [80, 443] },
        { host: "192.168.1.5", ports: [8080], private: true },
        { host: "1.1.1.1", ports: [443] },
        { host: "2606:4700::1", ports: [443] },
        { host: "2606:4700::2", ports: [443] },
      ],
      secrets: [{ host: "a.example.org", header: "authorization", value: "canary-1234", scheme: "Bearer" }],
    },
  });
});

test.each<[string | { host: string; ports?: number[]; private?: boolean }, string]>([
  ["*", "egress-everything"],
  ["*:443", "egress-everything"],
  ["*.", "egress-everything"],
  ["*.*", "egress-everything"],
  ["", "egress-everything"],
  ["org", "egress-bare-name"],
  ["*.org", "egress-bare-name"],
  ["localhost:80", "egress-bare-name"],
  ["https://example.org/", "egress-host"],
  ["example.org/x", "egress-host"],
  ["a.*.org", "egress-host"],
  ["u@example.org", "egress-host"],
  ["2606:4700::2", "egress-host"],
  ["*.1.2.3.4", "egress-host"],
  ["example.org:0", "egress-port"],
  ["example.org:65536", "egress-port"],
  [{ host: "example.org", ports: [] }, "egress-port"],
  [{ host: "example.org", ports: [1.5] }, "egress-port"],
  ["127.0.0.1:80", "egress-private-address"],
  ["0x7f.1:80", "egress-private-address"],
  ["192.168.1.5", "egress-private-address"],
  [{ host: "fd12::1", ports: [80] }, "egress-private-address"],
  ["169.254.169.254:80", "egress-never"],
  [{ host: "169.254.169.254", ports: [80], private: true }, "egress-never"],
  [{ host: "fd00:ec2::254", ports: [80], private: true }, "egress-never"],
  [{ host: "::ffff:10.0.0.1", ports: [80], private: true }, "egress-never"],
  [{ host: "0.0.0.0", private: true }, "egress-never"],
  [{ host: "nas.example.org", private: true }, "egress-private-name"],
  [{ host: "*.example.org", private: true }, "egress-private-name"],
])("%j is a mistake: %s", (entry, code) => {
  expect(issues({ allow: [entry] })).toEqual([`allow[0] ${code}`]);
});

test("every mistake is listed at once, and none of them repeats a secret", () => {
  const secret = { host: "api.example.org", header: "Authorization", value: "canary-1234" };
  const settings: EgressSettings = {
    allow: ["*", "api.example.org", "example.org:99999"],
    secrets: [
      secret,
      { ...secret, header: "AUTHORIZATION" },
      { ...secret, host: "other.example.org" },
      { ...secret, host: "*.example.org" },
      { ...secret, header: "Host" },
      { ...secret, header: "x\r\ny" },
      { ...secret, header: "x-a", value: "short" },
      { ...secret, header: "x-b", value: "canary\r\nX: y" },
      { ...secret, header: "x-c", scheme: "Bearer x" },
    ],
  };
  const compiled = compileEgress(settings);
  expect(issues(settings)).toEqual([
    "allow[0] egress-everything",
    "allow[2] egress-port",
    "secrets[2].host egress-secret-closed",
    "secrets[3].host egress-secret-host",
    "secrets[4].header egress-secret-header",
    "secrets[5].header egress-secret-header",
    "secrets[6].value egress-secret-value",
    "secrets[7].value egress-secret-value",
    "secrets[8].scheme egress-secret-scheme",
    "secrets[1].header egress-secret-twice",
  ]);
  expect(JSON.stringify(compiled)).not.toContain("canary");
});

test("nothing written is nothing open", () => {
  expect(compileEgress({})).toEqual({ ok: true, warnings: [], value: { allow: [], secrets: [] } });
});

test("the schema takes what compiles, and passes each mistake on with its code, hint and place", () => {
  expect(egressSchema.safeParse({ allow: ["example.org"] }).success).toBe(true);
  expect(egressSchema.safeParse({ alow: [] }).success).toBe(false);
  const result = egressSchema.safeParse({ allow: ["example.org", "*"] });
  expect(result.error?.issues).toEqual([
    expect.objectContaining({
      path: ["allow", 1],
      params: { code: "egress-everything", hint: expect.any(String) },
    }),
  ]);
});

test("whatever is written, what compiles is closed by default and has real ports", () => {
  const host = fc.oneof(
    fc.string(),
    fc.domain(),
    fc.ipV4Extended(),
    fc.ipV6(),
    fc.constantFrom("*", "*.org", "*.a.org"),
  );
  const entry = fc.oneof(host, fc.record({ host, ports: fc.array(fc.integer()), private: fc.boolean() }));
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 3 }), (allow) => {
      const compiled = compileEgress({ allow });
      if (!compiled.ok) return;
      for (const rule of compiled.value.allow) {
        expect(rule.host).toMatch(/^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)+$|:/);
        expect(rule.ports.every((port) => port >= 1 && port <= 65_535)).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
});
