/** Reads one config file: a regular file of bounded size in UTF-8, or the reason why not. Never blocks on a pipe. */
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import { maximumLength } from "./parse.ts";

export type FileRead =
  | { readonly state: "read"; readonly text: string }
  /** Nothing has this name, not even a dangling link. */
  | { readonly state: "absent" }
  | { readonly state: "unreadable"; readonly message: string; readonly hint: string };

export function readConfigFile(path: string): FileRead {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (thrown) {
    return whyNotOpened(path, thrown);
  }
  try {
    if (!fstatSync(file).isFile())
      return unreadable("This is not a regular file.", "Put a plain file there.");
    const bytes = readBounded(file);
    if (bytes === undefined) {
      return unreadable(
        `The file is larger than ${maximumLength} bytes.`,
        "Check that this is the right file.",
      );
    }
    // A byte order mark is kept, so that offsets fit the file.
    return { state: "read", text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (thrown) {
    if (thrown instanceof TypeError) return unreadable("The file is not UTF-8 text.", "Save it as UTF-8.");
    return unreadable(`The file cannot be read (${codeOf(thrown)}).`, "Check the disk and the file.");
  } finally {
    closeSync(file);
  }
}

function readBounded(file: number): Uint8Array | undefined {
  const bytes = Buffer.allocUnsafe(Math.min(fstatSync(file).size, maximumLength) + 1);
  const chunks: Buffer[] = [];
  let total = 0;
  // The size may change while it is read, so it is read to the end.
  for (;;) {
    const count = readSync(file, bytes);
    if (count === 0) return Buffer.concat(chunks);
    total += count;
    if (total > maximumLength) return undefined;
    chunks.push(Buffer.from(bytes.subarray(0, count)));
  }
}

function whyNotOpened(path: string, thrown: unknown): FileRead {
  const code = codeOf(thrown);
  if (code === "ENOENT" && !isLink(path)) return { state: "absent" };
  if (code === "ENOENT") return unreadable("This link leads nowhere.", "Restore the file it points to.");
  if (code === "EACCES" || code === "EPERM") {
    return unreadable("The file may not be read by this user.", "Make it yours: chown it, then chmod 600.");
  }
  return unreadable(`The file cannot be opened (${code}).`, "Check the path.");
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    // Nothing is there, which is the answer.
    return false;
  }
}

function unreadable(message: string, hint: string): FileRead {
  return { state: "unreadable", message, hint };
}

function codeOf(thrown: unknown): string {
  return (thrown as NodeJS.ErrnoException).code ?? "unknown error";
}
