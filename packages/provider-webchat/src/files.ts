/** The files of the page: those that it uploads, in parts, and those of the agent's messages. */
import type { Attachment, FetchedFile, FetchLimit, FileCapabilities, ReadFile } from "@clawd/provider-kit";
import { fileFault, maxFiles } from "@clawd/provider-kit";
import type { Clock } from "@clawd/kernel";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createShelf, type Appended, type Shelf, type ShelfLimits } from "./file-shelf.ts";
import { imageTypeOf } from "./image-type.ts";
import { shownName } from "./shown-name.ts";

const megabyte = 1024 * 1024;

export const fileCapabilities: FileCapabilities = { send: true, receive: true, maxBytes: 20 * megabyte };

/** What the page is told before it uploads anything. */
export const uploadLimits = { maxBytes: fileCapabilities.maxBytes, maxFiles } as const;

/** What a page is shown of a file. */
export interface FileFacts {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  /** The type of a picture that can be shown; null for everything else. */
  readonly image: string | null;
}

export interface Announced {
  readonly name: string;
  readonly type: string | null;
  readonly size: number;
}

export interface Files {
  open(): Promise<void>;
  /** Ends what has no folder of its own, and the timer. */
  close(): Promise<void>;
  /** Undefined when there is no room. */
  begin(announced: Announced): Promise<string | undefined>;
  append(id: string, at: number, part: Uint8Array): Promise<Appended | undefined>;
  /** What uploads are, once they are whole: for the event, and for the pages. Undefined when one is not there. */
  uploaded(ids: readonly string[]): Promise<Uploaded | undefined>;
  /** Keeps the files of a message of the agent. @throws as the disk does */
  keep(files: readonly ReadFile[]): Promise<readonly FileFacts[]>;
  /** For a page. */
  read(id: string): Promise<Uint8Array | undefined>;
  /** @throws ClawdError CLAWD_FILE_* */
  fetch(reference: string, limit: FetchLimit, signal: AbortSignal): Promise<FetchedFile>;
}

export interface Uploaded {
  readonly attachments: readonly Attachment[];
  readonly facts: readonly FileFacts[];
}

const hour = 60 * 60 * 1000;
/** For each direction, so that no agent can push out what people sent. */
const limits: ShelfLimits = {
  count: 500,
  bytes: 500 * megabyte,
  age: 7 * 24 * hour,
  unfinishedAge: hour,
};

const idForm = /^[0-9a-f]{32}$/;

/** @param directory absent: a temporary one, removed at the end */
export function createFiles(directory: string | undefined, clock: Clock): Files {
  const announced = new Map<string, Announced>();
  const closing = new AbortController();
  let shelves: { readonly uploads: Shelf; readonly answers: Shelf } | undefined;
  let temporary: string | undefined;

  function opened() {
    if (shelves === undefined) throw new Error("The files are not open.");
    return shelves;
  }

  async function sweepAlways(all: readonly Shelf[], signal: AbortSignal): Promise<void> {
    for (;;) {
      await clock.sleep(hour, signal);
      if (signal.aborted) return;
      for (const shelf of all) await shelf.sweep();
      for (const id of announced.keys()) if (isForgotten(id)) announced.delete(id);
    }
  }

  /** An upload that was whole and is gone; one that is being written has no size yet. */
  const isForgotten = (id: string) =>
    announced.size > 2 * limits.count && opened().uploads.sizeOf(id) === undefined;

  async function factsOf(shelf: Shelf, id: string, { name, size }: Pick<Announced, "name" | "size">) {
    const bytes = await shelf.read(id);
    return bytes && { id, name: shownName(name), size, image: imageTypeOf(bytes) };
  }

  return {
    async open() {
      const root = directory ?? (temporary = await mkdtemp(join(tmpdir(), "webchat-")));
      const uploads = createShelf(join(root, "uploads"), limits, clock);
      const answers = createShelf(join(root, "answers"), limits, clock);
      await uploads.open();
      await answers.open();
      shelves = { uploads, answers };
      void sweepAlways([uploads, answers], closing.signal);
    },
    async close() {
      closing.abort();
      if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
    },
    async begin(file) {
      const id = await opened().uploads.begin(file.size);
      if (id !== undefined) announced.set(id, file);
      return id;
    },
    append: (id, at, part) => opened().uploads.append(id, at, part),
    async uploaded(ids) {
      const attachments: Attachment[] = [];
      const facts: FileFacts[] = [];
      for (const id of ids) {
        const file = announced.get(id);
        const shown = file && (await factsOf(opened().uploads, id, file));
        if (!shown) return undefined;
        facts.push(shown);
        attachments.push(attachmentOf(id, file));
      }
      return { attachments, facts };
    },
    async keep(files) {
      const { answers } = opened();
      const kept: FileFacts[] = [];
      for (const { name, bytes } of files) {
        const id = await answers.begin(bytes.byteLength);
        if (id === undefined) throw new Error("There is no room for the files of an answer.");
        await answers.append(id, 0, bytes);
        kept.push((await factsOf(answers, id, { name, size: bytes.byteLength }))!);
      }
      return kept;
    },
    async read(id) {
      const { uploads, answers } = opened();
      return idForm.test(id) ? ((await answers.read(id)) ?? (await uploads.read(id))) : undefined;
    },
    async fetch(reference, { maxBytes }, signal) {
      if (!idForm.test(reference)) throw fileFault("foreign");
      if (signal.aborted) throw fileFault("withdrawn");
      const { uploads } = opened();
      const size = uploads.sizeOf(reference);
      if (size === undefined) throw fileFault("gone");
      if (size > maxBytes) throw fileFault("too-large");
      const bytes = await uploads.read(reference).catch(() => {
        throw fileFault("unreachable");
      });
      if (bytes === undefined) throw fileFault("gone");
      if (bytes.byteLength !== size) throw fileFault("unreachable");
      const { name = null, type = null } = announced.get(reference) ?? {};
      return { bytes, mimeType: type, name };
    },
  };
}

function attachmentOf(reference: string, { name, type, size }: Announced): Attachment {
  const kind = /^(image|audio|video)\//.exec(type ?? "")?.[1] as "image" | "audio" | "video" | undefined;
  return { kind: kind ?? "document", reference, name, mimeType: type, size };
}
