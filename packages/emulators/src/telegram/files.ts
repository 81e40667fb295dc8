/** Files that people and the bot have sent, by file id and by download path. */
import { createHash } from "node:crypto";
import type { FileReference } from "./wire.ts";

export interface StoredFile {
  readonly reference: FileReference;
  readonly kind: string;
  /** What `getFile` answers and the download URL ends with. */
  readonly path: string;
  readonly content: Buffer;
  /** The download goes on after `content`, for ever. */
  readonly isEndless: boolean;
}

export interface FileStore {
  /** `kind` is the Bot API's name: photo, document, voice, audio, video, animation, sticker. */
  put(
    kind: string,
    content: Buffer,
    details?: Partial<FileReference>,
    more?: { readonly isEndless?: boolean },
  ): FileReference;
  byId(fileId: string): StoredFile | undefined;
  byPath(path: string): StoredFile | undefined;
}

const extensions: Readonly<Record<string, string>> = {
  photo: "jpg",
  voice: "oga",
  audio: "mp3",
  video: "mp4",
  animation: "mp4",
  sticker: "webp",
};

export function createFileStore(): FileStore {
  const byId = new Map<string, StoredFile>();
  return {
    put(kind, content, details = {}, { isEndless = false } = {}) {
      const number = byId.size + 1;
      const digest = createHash("sha256").update(kind).update(content).digest("base64url");
      const ending = details.file_name?.match(/\.(\w{1,8})$/)?.[1] ?? extensions[kind];
      const reference: FileReference = {
        file_size: content.length,
        ...details,
        file_id: `AgEM${number}_${digest}`,
        file_unique_id: `AQAD${digest.slice(0, 12)}`,
      };
      const path = `${kind}s/file_${number}${ending === undefined ? "" : `.${ending}`}`;
      byId.set(reference.file_id, { reference, kind, path, content, isEndless });
      return reference;
    },
    byId: (fileId) => byId.get(fileId),
    byPath: (path) => [...byId.values()].find((file) => file.path === path),
  };
}
