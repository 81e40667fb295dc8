/** What can go wrong with a place, each with what to do about it. */
import { ClawdError } from "@clawd/kernel";
import { fileFault, type FileFaultCode } from "../file-fault.ts";
import { reason } from "./frames.ts";

export const lostFault = (why: string, cause?: unknown): ClawdError =>
  new ClawdError("CLAWD_PLACE_LOST", `The sandbox is gone: ${why}.`, {
    hint: "The next call makes a new one; what ran in this one was killed with it.",
    ...(cause !== undefined && { cause }),
  });

export const protocolFault = (what: string): ClawdError =>
  new ClawdError("CLAWD_PLACE_PROTOCOL", `The sandbox said what its supervisor never says: ${what}.`, {
    hint: "It was cut off. `clawdbot sandbox build` makes the image anew when it is older than this gateway.",
  });

export const inputFault = (): ClawdError =>
  new ClawdError("CLAWD_COMMAND_INPUT", "The command takes no more input.", {
    hint: "It has closed its input or ended.",
  });

/** Linux numbers, whatever this gateway runs on. */
const errorNames: Readonly<Record<number, string>> = {
  1: "EPERM",
  2: "ENOENT",
  4: "EINTR",
  5: "EIO",
  7: "E2BIG",
  8: "ENOEXEC",
  11: "EAGAIN",
  12: "ENOMEM",
  13: "EACCES",
  16: "EBUSY",
  17: "EEXIST",
  18: "EXDEV",
  19: "ENODEV",
  20: "ENOTDIR",
  21: "EISDIR",
  22: "EINVAL",
  23: "ENFILE",
  24: "EMFILE",
  26: "ETXTBSY",
  27: "EFBIG",
  28: "ENOSPC",
  30: "EROFS",
  36: "ENAMETOOLONG",
  39: "ENOTEMPTY",
  40: "ELOOP",
  116: "ESTALE",
  122: "EDQUOT",
};

const errorName = (error: number): string => errorNames[error] ?? `error ${error}`;

/** `program` is the model's own word. */
export function startFault(why: number, error: number, program: string): ClawdError {
  const shown = JSON.stringify(program.length > 200 ? `${program.slice(0, 200)}…` : program);
  if (why === reason.startProgram)
    return new ClawdError("CLAWD_COMMAND_START", `Cannot start ${shown} (${errorName(error)}).`, {
      hint: "Give a program that is in the sandbox: by its path, or by a name that PATH finds.",
    });
  return new ClawdError("CLAWD_COMMAND_START", `No room to start ${shown} (${errorName(error)}).`, {
    hint: "End commands that still run, or raise the sandbox's limits.",
  });
}

const fileCodes: Readonly<Record<number, FileFaultCode>> = {
  [reason.missing]: "CLAWD_FILE_MISSING",
  [reason.outside]: "CLAWD_FILE_OUTSIDE",
  [reason.link]: "CLAWD_FILE_LINK",
  [reason.kind]: "CLAWD_FILE_KIND",
  [reason.tooLarge]: "CLAWD_FILE_TOO_LARGE",
  [reason.changed]: "CLAWD_FILE_CHANGED",
  [reason.readOnly]: "CLAWD_FILE_READ_ONLY",
  [reason.full]: "CLAWD_FILE_FULL",
};

/** A FAILED about a file. `path` as the model wrote it. */
export function failureFault(why: number, error: number, path: string): ClawdError {
  const code = fileCodes[why];
  return code === undefined ? fileFault("CLAWD_FILE_DENIED", path, errorName(error)) : fileFault(code, path);
}
