/** The files of a container, each reached by its supervisor from a root's own descriptor. */
import type { Expectation, FileContent, Files, FileStat, Listing, ReadRange } from "../place.ts";
import type { Connection } from "./connection.ts";
import { changedFault, exchange, isMissing, unexpected } from "./file-requests.ts";
import { entriesOf, listingOf, statOf, versionOf, type Entry } from "./file-status.ts";
import { protocolFault } from "./faults.ts";
import { type } from "./frames.ts";
import { Inflow } from "./inflow.ts";
import { Outflow } from "./outflow.ts";
import type { RootedPaths } from "./paths.ts";

/** What a directory is read up to, so that the names that come first are the first of it. */
const maxEntries = 20_000;
const firstAllocation = 64 * 1024;

export function supervisorFiles(connection: Connection, rooted: RootedPaths): Files {
  /** `u8 root`, what the request says, the path. */
  const request = (path: string, middle: Uint8Array): Buffer => {
    const { root, path: beneath } = rooted(path);
    return Buffer.concat([Buffer.of(root), middle, Buffer.from(beneath, "utf8")]);
  };

  return {
    async stat(path) {
      const asked = exchange<FileStat>(connection, type.stat, request(path, Buffer.alloc(0)), path, {
        take: takeStat,
      });
      return asked.catch((fault: unknown) => {
        if (isMissing(fault)) return null;
        throw fault;
      });
    },
    async read(path, range) {
      const asked = Buffer.alloc(17);
      asked[0] = range.offset === undefined ? 1 : 0;
      asked.writeBigUInt64LE(BigInt(size(range.offset ?? 0)), 1);
      asked.writeBigUInt64LE(BigInt(size(range.maxBytes)), 9);
      return exchange(connection, type.read, request(path, asked), path, reading(connection, range));
    },
    async write(path, bytes, expect) {
      const expected = expectation(expect);
      if (expected === null) throw changedFault(path);
      return exchange(connection, type.write, request(path, expected), path, writing(connection, bytes));
    },
    async list(path, limit) {
      const asked = Buffer.alloc(4);
      asked.writeUInt32LE(maxEntries, 0);
      return exchange(connection, type.list, request(path, asked), path, listing(connection, limit));
    },
    async remove(path, expect) {
      // What must not be there is not removed.
      if (expect === "absent") throw changedFault(path);
      const expected = expectation(expect);
      if (expected === null) throw changedFault(path);
      return exchange<void>(connection, type.remove, request(path, expected), path, {
        take: (frame) => {
          if (frame.type !== type.done) throw unexpected();
          return { result: undefined };
        },
      });
    },
  };
}

const size = (value: number): number =>
  Math.min(Math.max(Math.trunc(value) || 0, 0), Number.MAX_SAFE_INTEGER);

function expectation(expect: Expectation | undefined): Buffer | null {
  if (expect === undefined) return Buffer.of(0);
  if (expect === "absent") return Buffer.of(1);
  const version = versionOf(expect.version);
  return version && Buffer.concat([Buffer.of(2), version]);
}

function takeStat(frame: { readonly type: number; readonly payload: Buffer }): { result: FileStat } {
  if (frame.type !== type.status) throw unexpected();
  return { result: statOf(frame.payload) };
}

function reading(connection: Connection, range: ReadRange) {
  let stat: FileStat | null = null;
  let content = Buffer.alloc(0);
  let length = 0;
  let inflow: Inflow;
  return {
    begun(id: number) {
      inflow = new Inflow(connection, id);
    },
    take(frame: { readonly type: number; readonly payload: Buffer }): { result: FileContent } | undefined {
      if (stat === null) {
        stat = takeStat(frame).result;
        content = Buffer.allocUnsafe(Math.min(stat.size, size(range.maxBytes), firstAllocation));
        return undefined;
      }
      if (frame.type === type.done) return { result: { bytes: content.subarray(0, length), stat } };
      if (frame.type !== type.data) throw unexpected();
      inflow.arrived(frame.payload.length);
      if (length + frame.payload.length > range.maxBytes)
        throw protocolFault("more of a file than was asked for");
      if (length + frame.payload.length > content.length) {
        // The size that it said is a hint, never a reason to take memory at once.
        const wanted = Math.min(Math.max(2 * content.length, length + frame.payload.length), range.maxBytes);
        const grown = Buffer.allocUnsafe(Math.max(wanted, length + frame.payload.length));
        content.copy(grown, 0, 0, length);
        content = grown;
      }
      frame.payload.copy(content, length);
      length += frame.payload.length;
      inflow.used(frame.payload.length);
      return undefined;
    },
  };
}

function writing(connection: Connection, bytes: Uint8Array) {
  let outflow: Outflow;
  return {
    begun(id: number) {
      outflow = new Outflow(connection, id);
      // A failure is answered for the whole request.
      outflow.write(bytes).catch(() => undefined);
      outflow.end();
    },
    failed(fault: Parameters<Outflow["stop"]>[0]) {
      outflow.stop(fault);
    },
    take(frame: { readonly type: number; readonly payload: Buffer }): { result: FileStat } | undefined {
      if (frame.type !== type.credit) return takeStat(frame);
      outflow.credit(frame.payload);
      return undefined;
    },
  };
}

function listing(connection: Connection, limit: number) {
  const entries: Entry[] = [];
  let inflow: Inflow;
  return {
    begun(id: number) {
      inflow = new Inflow(connection, id);
    },
    take(frame: { readonly type: number; readonly payload: Buffer }): { result: Listing } | undefined {
      if (frame.type === type.done) return { result: listingOf(entries, frame.payload[0] === 1, limit) };
      if (frame.type !== type.data) throw unexpected();
      inflow.arrived(frame.payload.length);
      entries.push(...entriesOf(frame.payload));
      if (entries.length > maxEntries) throw protocolFault("more entries than were asked for");
      inflow.used(frame.payload.length);
      return undefined;
    },
  };
}
