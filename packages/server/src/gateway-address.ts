/** Where the gateway of a state runs: a file beside the state, for the commands that talk to it. */
import { writeFileAtomic } from "@clawd/kernel/files";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** What a running gateway says of itself, 0600. */
export interface GatewayAddress {
  readonly pid: number;
  readonly port: number;
}

/** Gives what takes it back. @throws CLAWD_FILE_WRITE */
export function announceAddress(runtimeDirectory: string, port: number): () => void {
  const path = fileIn(runtimeDirectory);
  writeFileAtomic(path, `${JSON.stringify({ pid: process.pid, port })}\n`);
  return () => rmSync(path, { force: true });
}

/** Undefined when no gateway runs on this state, as far as its file says. */
export function runningGateway(runtimeDirectory: string): GatewayAddress | undefined {
  try {
    const address = JSON.parse(readFileSync(fileIn(runtimeDirectory), "utf8")) as GatewayAddress;
    process.kill(address.pid, 0);
    return address;
  } catch {
    return undefined;
  }
}

const fileIn = (runtimeDirectory: string) => join(runtimeDirectory, "gateway.json");
