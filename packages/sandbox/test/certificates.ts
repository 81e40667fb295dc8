/** Certificates of an engine on the network and of its client, of an authority that is made for one test. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
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

/**
 * The engine behind a door on the network that asks for certificates. @param own the client's, @param secure the door's
 */
export async function networkDoor(engineSocket: string, own: string, secure = own) {
  const read = (name: string) => readFileSync(join(secure, name));
  const server = createServer(
    {
      ca: read("ca.pem"),
      cert: read("server-cert.pem"),
      key: read("server-key.pem"),
      requestCert: true,
      rejectUnauthorized: true,
      allowHalfOpen: true,
    },
    (client) => {
      const engine = connect({ path: engineSocket, allowHalfOpen: true });
      client.on("error", () => engine.destroy());
      engine.on("error", () => client.destroy());
      client.on("close", () => engine.destroy());
      engine.on("close", () => client.destroy());
      client.pipe(engine).pipe(client);
    },
  );
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { socket: `tcp://127.0.0.1:${port}`, certPath: own };
}
