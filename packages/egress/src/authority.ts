/**
 * The gateway's own certificate authority: it vouches for hosts inside one proxy, towards containers that were given its
 * certificate. Nobody else trusts it; its key leaves neither this process nor the one private file.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  X509Certificate,
  type KeyObject,
} from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createSecureContext, type SecureContext } from "node:tls";
import { systemClock, type Clock } from "@clawd/kernel";
import { writeFileAtomic } from "@clawd/kernel/files";
import { makeCertificate } from "./certificate.ts";
import { EgressFault } from "./fault.ts";

export interface CertificateAuthority {
  /** PEM, for those who shall trust it. */
  readonly certificate: string;
  /** A certificate and key for this one name, the same until half of their time is over. */
  contextFor(name: string): SecureContext;
}

export interface AuthorityOptions {
  /** Where it is kept (0600), so that containers outlive a restart of the gateway; absent: in memory. */
  readonly directory?: string;
  readonly clock?: Clock;
}

const hour = 60 * 60 * 1000;
const day = 24 * hour;
const authorityLife = 365 * day;
const leafLife = day;
/** Clocks of containers are their host's; those of remote engines may lag. */
const early = hour;
const mostLeaves = 256;
const subject = "Clawdbot egress";

/** @throws EgressFault CLAWD_EGRESS_AUTHORITY when the kept one cannot be read, CLAWD_FILE_WRITE when it cannot be kept. */
export function openCertificateAuthority(options: AuthorityOptions = {}): CertificateAuthority {
  const { directory, clock = systemClock } = options;
  const kept = directory === undefined ? null : readKept(directory, clock.now());
  const { key, certificate } = kept ?? makeAuthority(clock.now());
  if (directory !== undefined && kept === null) {
    const text = `${key.export({ type: "pkcs8", format: "pem" }) as string}${certificate}`;
    writeFileAtomic(join(directory, fileName), text);
  }
  const publicKey = createPublicKey(key);
  const leaves = new Map<string, { readonly context: SecureContext; readonly renewAt: number }>();
  return {
    certificate,
    contextFor(name) {
      const now = clock.now();
      const held = leaves.get(name);
      if (held !== undefined && now < held.renewAt) return held.context;
      const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const leaf = makeCertificate({
        subject: name.length <= 64 ? name : subject,
        publicKey: pair.publicKey,
        issuer: { subject, key, publicKey },
        from: now - early,
        until: now + leafLife,
        usage: { names: [name] },
      });
      const context = createSecureContext({
        key: pair.privateKey.export({ type: "pkcs8", format: "pem" }),
        cert: `${leaf}${certificate}`,
        minVersion: "TLSv1.2",
      });
      leaves.delete(name);
      if (leaves.size >= mostLeaves) leaves.delete(leaves.keys().next().value!);
      leaves.set(name, { context, renewAt: now + leafLife / 2 });
      return context;
    },
  };
}

const fileName = "egress-authority.pem";

function makeAuthority(now: number): { readonly key: KeyObject; readonly certificate: string } {
  const { privateKey: key, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const certificate = makeCertificate({
    subject,
    publicKey,
    issuer: { subject, key, publicKey },
    from: now - early,
    until: now + authorityLife,
    usage: { authority: true },
  });
  return { key, certificate };
}

/** Null when there is none, or it ends within a month: then a new one takes its place. */
function readKept(directory: string, now: number): ReturnType<typeof makeAuthority> | null {
  const path = join(directory, fileName);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw unreadable(path);
  }
  try {
    const key = createPrivateKey(text);
    const certificate = text.slice(text.indexOf("-----BEGIN CERTIFICATE-----"));
    const parsed = new X509Certificate(certificate);
    if (!parsed.checkPrivateKey(key)) throw unreadable(path);
    return Date.parse(parsed.validTo) - now < 30 * day ? null : { key, certificate };
  } catch {
    throw unreadable(path);
  }
}

const unreadable = (path: string) =>
  new EgressFault(
    "CLAWD_EGRESS_AUTHORITY",
    `${path} holds no certificate authority.`,
    "Remove the file: a new one is made, and containers are made anew with it.",
  );
