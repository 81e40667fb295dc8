/**
 * Makes X.509 certificates: ECDSA P-256, version 3, the few extensions that TLS clients ask for. Written out, because all of it
 * is one screen of DER, and a library for it brings twenty packages and a fifth of a second at every start.
 */
import { createHash, randomBytes, sign, type KeyObject } from "node:crypto";

export interface CertificateRequest {
  /** Common name of the subject. */
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly issuer: { readonly subject: string; readonly key: KeyObject; readonly publicKey: KeyObject };
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
  /** The names it is for, or that it is an authority. */
  readonly usage:
    | { readonly authority: true }
    | { readonly names: readonly string[]; readonly authority?: false };
}

/** PEM. */
export function makeCertificate(request: CertificateRequest): string {
  const { subject, publicKey, issuer, from, until, usage } = request;
  const toBeSigned = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(serialNumber()),
    ecdsaWithSha256,
    commonName(issuer.subject),
    sequence(time(from), time(until)),
    commonName(subject),
    publicKey.export({ type: "spki", format: "der" }),
    tagged(3, sequence(...extensionsOf(usage, publicKey, issuer.publicKey))),
  );
  const signature = sign("sha256", toBeSigned, { key: issuer.key, dsaEncoding: "der" });
  const bytes = sequence(toBeSigned, ecdsaWithSha256, bitString(signature));
  const lines = bytes.toString("base64").match(/.{1,64}/g)!;
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function extensionsOf(
  usage: CertificateRequest["usage"],
  publicKey: KeyObject,
  issuerKey: KeyObject,
): readonly Buffer[] {
  const keyUsage = (bits: number, unused: number) =>
    extension("551d0f", true, der(0x03, Buffer.from([unused, bits])));
  const own = extension("551d0e", false, der(0x04, keyId(publicKey)));
  const issuers = extension("551d23", false, sequence(der(0x80, keyId(issuerKey))));
  if (usage.authority) {
    // It signs leaves alone: path length 0. Key usage: certificates and revocation lists.
    const constraints = extension(
      "551d13",
      true,
      sequence(der(0x01, Buffer.from([0xff])), integer(Buffer.from([0]))),
    );
    return [constraints, keyUsage(0x06, 1), own];
  }
  const names = usage.names.map((name) => der(0x82, Buffer.from(name, "ascii")));
  return [
    extension("551d13", true, sequence()),
    keyUsage(0x80, 7),
    extension("551d25", false, sequence(objectId("2b06010505070301"))), // server authentication
    extension("551d11", false, sequence(...names)),
    own,
    issuers,
  ];
}

const der = (tag: number, ...content: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  const size = body.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts: readonly Buffer[]) => der(0x30, ...parts);
const tagged = (number: number, part: Buffer) => der(0xa0 + number, part);
const bitString = (content: Buffer) => der(0x03, Buffer.from([0]), content);
const integer = (value: Buffer) => der(0x02, value);
const objectId = (hex: string) => der(0x06, Buffer.from(hex, "hex"));
const ecdsaWithSha256 = sequence(objectId("2a8648ce3d040302"));

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  const critical = isCritical ? [der(0x01, Buffer.from([0xff]))] : [];
  return sequence(objectId(id), ...critical, der(0x04, value));
}

const commonName = (name: string) =>
  sequence(der(0x31, sequence(objectId("550403"), der(0x0c, Buffer.from(name, "utf8")))));

/** UTCTime, as the standard asks for until 2049. */
const time = (at: number) =>
  der(
    0x17,
    Buffer.from(
      `${new Date(at)
        .toISOString()
        .replaceAll(/[-:T]|\.\d+/g, "")
        .slice(2, 14)}Z`,
      "ascii",
    ),
  );

/** 127 bits by chance, positive, first byte not zero. */
function serialNumber(): Buffer {
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  return serial;
}

const keyId = (key: KeyObject) =>
  createHash("sha1")
    .update(key.export({ type: "spki", format: "der" }).subarray(-65))
    .digest();
