/** STATUS and ENTRY as the supervisor writes them, and versions as we hand them out. */
import type { FileStat, Listing } from "../place.ts";
import { protocolFault } from "./faults.ts";
import { versionBytes } from "./frames.ts";
import { PayloadReader } from "./payload.ts";

const kinds: readonly (FileStat["kind"] | undefined)[] = [undefined, "file", "directory", "link", "other"];

function kindOf(number: number): FileStat["kind"] {
  const kind = kinds[number];
  if (kind === undefined) throw protocolFault("a kind of file that there is not");
  return kind;
}

export function statOf(payload: Buffer): FileStat {
  const reader = new PayloadReader(payload);
  const kind = kindOf(reader.u8());
  reader.u32();
  const version = reader.take(versionBytes);
  reader.end();
  const fields = new PayloadReader(version);
  fields.take(16);
  const size = fields.u64();
  const modifiedAt = Number(BigInt.asIntN(64, fields.big()) / 1_000_000n);
  const identity = version.toString("hex", 0, 16);
  return { kind, size, modifiedAt, version: version.toString("hex"), identity };
}

/** Null for what was no version of ours: it is the version of no file. */
export function versionOf(text: string): Buffer | null {
  const bytes = Buffer.from(text, "hex");
  return bytes.length === versionBytes && text.length === versionBytes * 2 ? bytes : null;
}

export interface Entry {
  readonly name: Buffer;
  readonly kind: FileStat["kind"];
  readonly size: number;
}

export function entriesOf(payload: Buffer): Entry[] {
  const reader = new PayloadReader(payload);
  const entries: Entry[] = [];
  while (!reader.isEmpty) {
    const [kind, size, length] = [kindOf(reader.u8()), reader.u64(), reader.u16()];
    const name = Buffer.from(reader.take(length));
    if (length === 0 || name.includes(0x2f) || name.includes(0))
      throw protocolFault("a name that no file has");
    entries.push({ name, kind, size });
  }
  return entries;
}

/** In the order of the names' bytes. */
export function listingOf(entries: Entry[], isCut: boolean, limit: number): Listing {
  entries.sort((a, b) => Buffer.compare(a.name, b.name));
  return {
    entries: entries
      .slice(0, Math.max(0, limit))
      .map(({ name, kind, size }) => ({ name: name.toString("utf8"), kind, size })),
    isCut: isCut || entries.length > limit,
  };
}
