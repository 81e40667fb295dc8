import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fakeClock } from "@clawd/kernel/testing";
import { openCertificateAuthority } from "./authority.ts";
import { makeCertificate } from "./certificate.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "clawd-egress-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const pair = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
const from = Date.UTC(2026, 0, 1);
const until = Date.UTC(2026, 5, 1);

function aChain(name = "api.site.test") {
  const authority = pair();
  const leaf = pair();
  const issuer = { subject: "Root", key: authority.privateKey, publicKey: authority.publicKey };
  const root = makeCertificate({
    subject: "Root",
    publicKey: authority.publicKey,
    issuer,
    from,
    until,
    usage: { authority: true },
  });
  const certificate = makeCertificate({
    subject: name,
    publicKey: leaf.publicKey,
    issuer,
    from,
    until,
    usage: { names: [name] },
  });
  return { root, certificate, issuer, leaf };
}

test("a certificate says what it was asked to say", () => {
  const { root, certificate, leaf } = aChain();
  const authority = new X509Certificate(root);
  const parsed = new X509Certificate(certificate);
  expect(parsed.verify(authority.publicKey)).toBe(true);
  expect(parsed.checkIssued(authority)).toBe(true);
  expect(parsed.checkPrivateKey(leaf.privateKey)).toBe(true);
  expect([authority.ca, parsed.ca]).toEqual([true, false]);
  expect([parsed.checkHost("api.site.test"), parsed.checkHost("other.site.test")]).toEqual([
    "api.site.test",
    undefined,
  ]);
  expect([Date.parse(parsed.validFrom), Date.parse(parsed.validTo)]).toEqual([from, until]);
  expect(parsed.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
});

test("OpenSSL accepts the chain, strictly, for its name and no other", () => {
  const { root, certificate } = aChain();
  writeFileSync(join(directory, "root.pem"), root);
  writeFileSync(join(directory, "leaf.pem"), certificate);
  const verify = (name: string) => {
    const args = [
      "verify",
      "-x509_strict",
      "-purpose",
      "sslserver",
      "-attime",
      String(from / 1000 + 60),
      "-verify_hostname",
      name,
    ];
    return execFileSync(
      "openssl",
      [...args, "-CAfile", join(directory, "root.pem"), join(directory, "leaf.pem")],
      {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
  };
  expect(verify("api.site.test")).toContain("OK");
  expect(() => verify("other.site.test")).toThrow("Command failed");
});

test("a leaf is the same until half of its time is over, then a new one", () => {
  const clock = fakeClock();
  const authority = openCertificateAuthority({ clock });
  const first = authority.contextFor("a.test");
  expect(authority.contextFor("a.test")).toBe(first);
  expect(authority.contextFor("b.test")).not.toBe(first);
  void clock.advance(13 * 3_600_000);
  expect(authority.contextFor("a.test")).not.toBe(first);
});

test("a kept authority is 0600, the same after a restart, and made anew before it ends", async () => {
  const clock = fakeClock();
  const umask = process.umask(0);
  try {
    const first = openCertificateAuthority({ directory, clock });
    const [file] = readdirSync(directory) as [string];
    expect((statSync(join(directory, file)).mode & 0o777).toString(8)).toBe("600");
    expect(openCertificateAuthority({ directory, clock }).certificate).toBe(first.certificate);
    expect(first.certificate).not.toContain("PRIVATE");
    await clock.advance(340 * 86_400_000);
    expect(openCertificateAuthority({ directory, clock }).certificate).not.toBe(first.certificate);
  } finally {
    process.umask(umask);
  }
});

test("a damaged one is a fault that says what to do, and is left as it is", () => {
  openCertificateAuthority({ directory });
  const path = join(directory, readdirSync(directory)[0]!);
  for (const text of ["", "x", readFileSync(path, "utf8").slice(0, 200)]) {
    chmodSync(path, 0o600);
    writeFileSync(path, text);
    expect(() => openCertificateAuthority({ directory })).toThrowError(
      expect.objectContaining({ code: "CLAWD_EGRESS_AUTHORITY" }),
    );
    expect(readFileSync(path, "utf8")).toBe(text);
  }
});
