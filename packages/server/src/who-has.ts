/** Who listens on a port of this machine. */
import { isClawdbot } from "./listen.ts";

/** `no`: nobody; `gateway`: a gateway, of whatever state; `program`: something else. */
export async function whoHas(port: number): Promise<"no" | "gateway" | "program"> {
  try {
    await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(1000) });
  } catch (fault) {
    const { code } = Object((fault as Error).cause) as { code?: string };
    if (code === "ECONNREFUSED") return "no";
  }
  return (await isClawdbot("127.0.0.1", port)) ? "gateway" : "program";
}
