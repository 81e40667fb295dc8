// Where the tests' engine lives. The path of a unix socket is short, so a clone far down gets a directory of its own elsewhere.
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const wanted = process.env.CLAWD_ENGINE_DIRECTORY ?? join(root, ".tools", "engine");
const longest = 60;
const directory =
  wanted.length <= longest
    ? wanted
    : join(tmpdir(), `clawd-engine-${createHash("sha256").update(wanted).digest("hex").slice(0, 8)}`);

export const paths = {
  directory,
  socket: join(directory, "docker.sock"),
  data: join(directory, "data"),
  exec: join(directory, "exec"),
  pid: join(directory, "pid"),
  config: join(directory, "daemon.json"),
  log: join(directory, "log"),
  /** Kept as long as it is there. */
  base: join(root, ".tools", "debian-bookworm-slim.tar"),
};

/** Says on stderr what takes long, and how long it took. */
export async function step(title, work) {
  const start = Date.now();
  process.stderr.write(`Container engine: ${title} …\n`);
  const result = await work();
  process.stderr.write(`Container engine: ${title}: ${((Date.now() - start) / 1000).toFixed(1)} s\n`);
  return result;
}
