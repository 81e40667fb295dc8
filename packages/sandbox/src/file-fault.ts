/** The faults of file operations: the same codes and words in every place, and no path that the model did not write itself. */
import { ClawdError } from "@clawd/kernel";

export type FileFaultCode = keyof typeof faults;

const faults = {
  CLAWD_FILE_MISSING: ["There is no file or directory", "List the directory to see what is there."],
  CLAWD_FILE_OUTSIDE: [
    "This is no path of the place where you work",
    "Write a path below the working directory, without `~`, `@`, schemes or backslashes.",
  ],
  CLAWD_FILE_LINK: [
    "This leads through a link",
    "Use the real path. Links that lead outside are never followed, and nothing is written through a link.",
  ],
  CLAWD_FILE_KIND: [
    "This is not the kind of file that is needed",
    "Check with a listing whether it is a file or a directory.",
  ],
  CLAWD_FILE_TOO_LARGE: ["The file is too large to be read at once", "Read a part of it."],
  CLAWD_FILE_CHANGED: ["The file is not what it was", "Read it again, then repeat the change."],
  CLAWD_FILE_READ_ONLY: ["This cannot be written: it is read-only", "Write below the working directory."],
  CLAWD_FILE_FULL: ["There is no space left", "Remove what is not needed."],
  CLAWD_FILE_DENIED: ["The system does not permit this", "Check the owner and the mode of the file."],
} as const satisfies Record<`CLAWD_FILE_${string}`, readonly [string, string]>;

/** `path` is shown as the model wrote it, escaped and cut; `detail` says more in a few words and holds no path. */
export function fileFault(code: FileFaultCode, path: string, detail?: string, cause?: unknown): ClawdError {
  const [message, hint] = faults[code];
  const shown = JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path);
  return new ClawdError(code, `${message}: ${shown}${detail === undefined ? "" : ` (${detail})`}.`, {
    hint,
    ...(cause !== undefined && { cause }),
  });
}
