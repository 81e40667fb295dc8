/**
 * Which of some files may hold a pattern, asked of ripgrep inside a place that has it, so that only those are carried out of it.
 * It names candidates alone: what is found in them is found by one and the same matcher everywhere.
 */
import { isClawdError } from "@clawd/kernel";
import type { Place } from "@clawd/sandbox";

const timeoutMs = 30_000;

/** Null when there is no ripgrep, or it did not do what was asked. */
export async function ripgrepCandidates(
  place: Place,
  source: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string> | null> {
  // Whatever begins with a dash is a file all the same; and every byte of every file is text, as it is for the matcher.
  const options =
    "--no-config --no-ignore --no-messages --no-mmap --text --crlf --encoding=none --color=never -l -0".split(
      " ",
    );
  const command = await place
    .start({
      argv: ["rg", ...options, "-e", source, "--", ...paths],
      cwd: ".",
      environment: place.environment.base,
      input: "none",
      timeoutMs,
    })
    .catch((fault: unknown) => {
      if (isClawdError(fault) && fault.code === "CLAWD_COMMAND_START") return null;
      throw fault;
    });
  if (command === null) return null;
  const kill = () => command.kill();
  signal.addEventListener("abort", kill, { once: true });
  try {
    const pieces: Uint8Array[] = [];
    for await (const { stream, bytes } of command.output) if (stream === "stdout") pieces.push(bytes);
    const { code } = await command.exit;
    signal.throwIfAborted();
    if (code !== 0 && code !== 1) return null;
    return new Set(Buffer.concat(pieces).toString().split("\0").filter(Boolean));
  } finally {
    signal.removeEventListener("abort", kill);
  }
}
