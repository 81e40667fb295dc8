/**
 * A directory of one container's own, mounted read-only into it where the engine sees this machine's files, and the gateway's
 * end of its stream: a unix socket in there. The gateway listens and the container connects, since a socket that the container
 * made could be a link to another one.
 */
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClawdError } from "@clawd/kernel";
import { emptyFile } from "./specification.ts";

export interface Channel {
  /** To be mounted; whatever else the container may reach by a socket stands here too. */
  readonly directory: string;
  /** The first connection, and the only one. @throws CLAWD_PLACE_LOST when none came in time, or nobody listens */
  accept(milliseconds: number): Promise<Socket>;
  /** Removes the directory. Idempotent. */
  close(): void;
}

export const controlSocket = "control.sock";

/**
 * Paths of unix sockets have at most 107 bytes, so it stands in the system's directory for temporary files, below one that
 * nobody but the gateway's user may enter. @param isListening false: the stream comes another way, and there is no socket.
 */
export async function openChannel(isListening = true): Promise<Channel> {
  const parent = mkdtempSync(join(realpathSync(tmpdir()), "clawd-"));
  const directory = join(parent, "c");
  mkdirSync(directory);
  // The container's user is another one; who may enter the parent decides.
  chmodSync(directory, 0o755);
  writeFileSync(join(directory, emptyFile), "", { mode: 0o644 });
  const server = createServer({ pauseOnConnect: true });
  if (isListening) {
    await listen(server, join(directory, controlSocket));
    chmodSync(join(directory, controlSocket), 0o666);
  }
  const first = new Promise<Socket>((resolve) => {
    server.once("connection", (socket) => {
      server.close();
      resolve(socket);
    });
  });
  return {
    directory,
    async accept(milliseconds) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(nobodyCame(milliseconds)), milliseconds);
      });
      try {
        return await Promise.race([first, late]);
      } finally {
        clearTimeout(timer);
      }
    },
    close() {
      server.close();
      rmSync(parent, { recursive: true, force: true });
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
}

function nobodyCame(milliseconds: number): ClawdError {
  return new ClawdError("CLAWD_PLACE_LOST", `The container did not report within ${milliseconds} ms.`, {
    hint: "Try again; if it stays so, look at the engine with `clawdbot sandbox explain`, and build the image anew with `clawdbot sandbox build`.",
  });
}
