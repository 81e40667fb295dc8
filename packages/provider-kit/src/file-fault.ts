/** Why a file of a message was not got. The words are said in a chat and to a model: no reference, name or address is in them. */
import { ClawdError } from "@clawd/kernel";

/**
 * - `too-large`: more than was asked for, or than the network gives out
 * - `gone`: the network does not have it any more
 * - `foreign`: the reference names no file that this connection may fetch
 * - `unreachable`: the network did not answer, or broke off
 * - `withdrawn`: whoever asked for it gave up
 */
export type FileFault = "too-large" | "gone" | "foreign" | "unreachable" | "withdrawn";

const faults: Readonly<Record<FileFault, () => ClawdError>> = {
  "too-large": () =>
    new ClawdError("CLAWD_FILE_TOO_LARGE", "The file is larger than may be fetched.", {
      hint: "Send a smaller one, or a part of it.",
    }),
  gone: () =>
    new ClawdError("CLAWD_FILE_GONE", "The network does not have the file any more.", {
      hint: "Send it again.",
    }),
  foreign: () =>
    new ClawdError("CLAWD_FILE_FOREIGN", "This is no file of the network.", {
      hint: "Send the file itself in the chat.",
    }),
  unreachable: () =>
    new ClawdError("CLAWD_FILE_UNREACHABLE", "The file could not be fetched.", {
      hint: "Send it again later.",
    }),
  withdrawn: () =>
    new ClawdError("CLAWD_FILE_WITHDRAWN", "Fetching the file was given up.", {
      hint: "Nothing to do: whoever asked for it does not need it any more.",
    }),
};

/** What `fetch` of a connection throws. It has no cause: those of libraries carry addresses and tokens. */
export function fileFault(fault: FileFault): ClawdError {
  return faults[fault]();
}
