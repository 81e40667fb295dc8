/** What the engine tells while it builds: one JSON document a line. dockerode's own reader throws out of a listener on a bad line, and takes a broken connection for success. */
import { ClawdError } from "@clawd/kernel";

export interface BuildReader {
  /** @throws CLAWD_IMAGE_BUILD with the step's line when a step failed. */
  push(chunk: Uint8Array): void;
  /** @throws CLAWD_IMAGE_BUILD when the stream ended before the image was made. */
  end(): void;
}

const keptLines = 20;
const longestLine = 1024 * 1024;

/** @param onProgress each step as it begins, as `Step 3/7 : RUN …`. */
export function buildReader(onProgress: (line: string) => void): BuildReader {
  const decoder = new TextDecoder();
  const lines: string[] = [];
  let pending = "";
  let step = "";
  let isBuilt = false;

  const read = (line: string) => {
    const message = parsed(line);
    if (typeof message["error"] === "string") throw failure(step, message["error"], lines);
    if (typeof (message["aux"] as { ID?: unknown } | undefined)?.ID === "string") isBuilt = true;
    const said = message["stream"] ?? message["status"];
    for (const part of typeof said === "string" ? said.split(/[\r\n]+/) : []) {
      if (part.trim() === "") continue;
      lines.push(part);
      if (lines.length > keptLines) lines.shift();
      if (!/^Step \d+\/\d+ : /.test(part)) continue;
      step = part.trim();
      lines.length = 0;
      onProgress(step);
    }
  };

  return {
    push(chunk) {
      pending += decoder.decode(chunk, { stream: true });
      for (let end = pending.indexOf("\n"); end >= 0; end = pending.indexOf("\n")) {
        read(pending.slice(0, end));
        pending = pending.slice(end + 1);
      }
      if (pending.length > longestLine) throw failure(step, "the engine's answer is not readable", lines);
    },
    end() {
      if (pending.trim() !== "") read(pending);
      if (!isBuilt) throw failure(step, "the engine stopped before the image was made", lines);
    },
  };
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function failure(step: string, reason: string, lines: readonly string[]): ClawdError {
  const where = step === "" ? "The image was not built" : step;
  return new ClawdError("CLAWD_IMAGE_BUILD", `${where}: ${reason.trim().slice(0, 600)}`, {
    hint: "The step's own output says why; it is the cause of this fault.",
    cause: new ClawdError("CLAWD_IMAGE_BUILD", lines.join("\n").slice(-8000), {
      hint: "Output of the step.",
    }),
  });
}
