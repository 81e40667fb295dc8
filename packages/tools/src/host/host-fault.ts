/** What the system says about a file, in the words that every place uses. */
import { isClawdError } from "@clawd/kernel";
import { fileFault, type FileFaultCode } from "@clawd/sandbox";

const codes: Readonly<Record<string, FileFaultCode>> = {
  ENOENT: "CLAWD_FILE_MISSING",
  ENOTDIR: "CLAWD_FILE_KIND",
  EISDIR: "CLAWD_FILE_KIND",
  ENXIO: "CLAWD_FILE_KIND",
  ENOTEMPTY: "CLAWD_FILE_KIND",
  ELOOP: "CLAWD_FILE_LINK",
  EEXIST: "CLAWD_FILE_CHANGED",
  ESTALE: "CLAWD_FILE_CHANGED",
  EROFS: "CLAWD_FILE_READ_ONLY",
  ETXTBSY: "CLAWD_FILE_DENIED",
  ENOSPC: "CLAWD_FILE_FULL",
  EDQUOT: "CLAWD_FILE_FULL",
  EFBIG: "CLAWD_FILE_FULL",
  ENAMETOOLONG: "CLAWD_FILE_OUTSIDE",
};

/**
 * Anything thrown while `path` was worked on, as a fault of the place. The system's own message names handles and paths of the
 * host, so that only its code goes on; it is no cause either, because causes end up in logs.
 */
export function hostFault(path: string, thrown: unknown): Error {
  if (isClawdError(thrown)) return thrown;
  const code = errorCode(thrown);
  if (code === undefined) return thrown instanceof Error ? thrown : new Error(String(thrown));
  return fileFault(codes[code] ?? "CLAWD_FILE_DENIED", path, codes[code] === undefined ? code : undefined);
}

export function errorCode(thrown: unknown): string | undefined {
  const code: unknown = Object(thrown)["code"];
  return typeof code === "string" ? code : undefined;
}
