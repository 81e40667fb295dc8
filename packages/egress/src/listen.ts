/**
 * A unix socket that belongs to one container: whoever can reach it is that container, so nobody else may. The directory is ours
 * alone and no link; what lies in the socket's place is taken away, never followed.
 */
import { chmodSync, chownSync, lstatSync, mkdirSync, realpathSync, statSync, unlinkSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { basename, dirname, join } from "node:path";
import type { Duplex } from "node:stream";
import { EgressFault } from "./fault.ts";

export interface ListenOptions {
  /** Who connects from inside, where that is not the gateway's own user: only root can give a socket away. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** 0666, for a container whose user is not known: the directory, or the one above it, keeps everybody else out. */
  readonly isOpenWithin?: boolean;
}

export const socketName = "egress.sock";
/** What fits into an address of the kernel, with its end. */
const longestPath = process.platform === "linux" ? 107 : 103;

/** @throws EgressFault CLAWD_EGRESS_SOCKET */
export async function listenPrivately(
  directory: string,
  accept: (stream: Duplex) => void,
  { owner, isOpenWithin = false }: ListenOptions = {},
): Promise<{ readonly path: string; stop(): Promise<void> }> {
  const own = privateDirectory(directory);
  const path = join(own, socketName);
  if (Buffer.byteLength(path) > longestPath) {
    throw unsafe(path, "its path is too long", "Move the state to a shorter path with CLAWDBOT_STATE_DIR.");
  }
  removeLeftover(path);
  const server = createServer({ allowHalfOpen: true }, accept);
  await listening(server, path);
  chmodSync(path, isOpenWithin ? 0o666 : 0o600);
  if (owner !== undefined) {
    chownSync(path, owner.uid, owner.gid);
    // It may pass through, and see nothing; the socket in it is its own.
    chmodSync(own, statSync(own).mode | 0o011);
  }
  const mine = lstatSync(path).ino;
  return {
    path,
    stop: () =>
      new Promise((resolve) => {
        if (!server.listening) return resolve();
        // Closing removes whatever has that name by then. A successor's socket stays: nobody reaches ours any more.
        const isMine = lstatSync(path, { throwIfNoEntry: false })?.ino === mine;
        if (isMine) return void server.close(() => resolve());
        server.unref();
        resolve();
      }),
  };
}

/** Any free port of 127.0.0.1. */
export async function listenLocally(
  accept: (stream: Duplex) => void,
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const server = createServer({ allowHalfOpen: true }, accept);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: 0, host: "127.0.0.1", backlog: 1024 }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function privateDirectory(directory: string): string {
  let own: string;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    own = join(realpathSync(dirname(directory)), basename(directory));
  } catch {
    throw unsafe(directory, "it cannot be made");
  }
  const stat = lstatSync(own);
  if (!stat.isDirectory()) throw unsafe(own, "it is a link or a file");
  if (process.getuid !== undefined && stat.uid !== process.getuid())
    throw unsafe(own, "it belongs to another user");
  if ((stat.mode & 0o022) !== 0) throw unsafe(own, "others may write to it");
  // A socket is made before it has its mode: until then the directory is what protects it.
  if (!isAlone(own) && !isAlone(dirname(own))) throw unsafe(own, "others may enter it");
  return own;
}

/** Nobody else may enter. */
function isAlone(directory: string): boolean {
  const stat = statSync(directory);
  return (stat.mode & 0o077) === 0 && (process.getuid === undefined || stat.uid === process.getuid());
}

/** A socket that a killed gateway left, or a link that somebody planted: both go. Anything else is not ours to remove. */
function removeLeftover(path: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isSocket() && !stat.isSymbolicLink()) throw unsafe(path, "a file is in its place");
  unlinkSync(path);
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", () => reject(unsafe(path, "it cannot be listened on")));
    // Beyond the backlog a client is not made to wait but turned away.
    server.listen({ path, backlog: 1024 }, () => resolve());
  });
}

const unsafe = (path: string, why: string, hint = "Remove it, then start again: it is made anew.") =>
  new EgressFault("CLAWD_EGRESS_SOCKET", `${path} cannot hold a proxy's socket: ${why}.`, hint);
