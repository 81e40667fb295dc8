/** Certificates of an engine on the network and of its client, of an authority that is made for one test. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A directory with `ca.pem`, `cert.pem`, `key.pem` of the client, and `server-cert.pem`, `server-key.pem`. */
export function certificates(host = "127.0.0.1"): string {
  const directory = mkdtempSync(join(tmpdir(), "clawd-certificates-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const openssl = (...args: string[]) =>
    execFileSync("openssl", args, { cwd: directory, stdio: ["ignore", "ignore", "pipe"] });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...key,
    "-keyout",
    "ca-key.pem",
    "-out",
    "ca.pem",
    "-subj",
    "/CN=authority",
    "-days",
    "2",
  );
  const signed = (name: string, keyName: string, extension: string) => {
    writeFileSync(join(directory, "extension"), extension);
    openssl("req", "-new", ...key, "-keyout", keyName, "-out", "request", "-subj", "/CN=one");
    const authority = ["-CA", "ca.pem", "-CAkey", "ca-key.pem", "-CAcreateserial"];
    openssl(
      "x509",
      "-req",
      "-in",
      "request",
      ...authority,
      "-out",
      name,
      "-days",
      "2",
      "-extfile",
      "extension",
    );
  };
  signed("server-cert.pem", "server-key.pem", `subjectAltName=IP:${host}\n`);
  signed("cert.pem", "key.pem", "extendedKeyUsage=clientAuth\n");
  return directory;
}
