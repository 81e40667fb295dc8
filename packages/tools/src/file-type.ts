/**
 * What a file is, by its bytes, and what we call it. INVARIANT: a name from here is one component of a path, of letters, digits,
 * `.`, `-` and `_` alone, begins with a letter or a digit, and ends as the bytes say (file-type.test.ts).
 */
export { imageSize, imageType, type ImageSize } from "./files/image.ts";
import { imageType } from "./files/image.ts";

export interface FileType {
  /** `image/png`; `application/octet-stream` where nothing is known. */
  readonly mediaType: string;
  /** Endings that such files have, without the dot; the first is the usual one. */
  readonly endings: readonly string[];
}

/** Bytes that are looked at. */
const looked = 8192;

export function fileType(bytes: Uint8Array): FileType {
  const image = imageType(bytes);
  if (image !== undefined) return { mediaType: image, endings: imageEndings[image]! };
  const start = Buffer.from(bytes.subarray(0, 512)).toString("latin1");
  const known = signatures.find(([parts]) => matches(start, parts));
  if (known !== undefined) return known[1];
  return isText(bytes.subarray(0, looked)) ? text : unknown;
}

const imageEndings: Readonly<Record<string, readonly string[]>> = {
  "image/png": ["png"],
  "image/jpeg": ["jpg", "jpeg"],
  "image/gif": ["gif"],
  "image/webp": ["webp"],
};

const type = (mediaType: string, ...endings: readonly string[]): FileType => ({ mediaType, endings });
const unknown = type("application/octet-stream", "bin");
const text = type(
  "text/plain",
  ..."txt md csv tsv json jsonl xml html htm svg css yaml yml toml ini conf log diff patch sql tex rst".split(
    " ",
  ),
  ..."c cc cpp cs go h hpp java js jsx kt lua mjs php pl py r rb rs scala sh swift ts tsx vue ics vcf srt".split(
    " ",
  ),
);

/** What stands where, one byte a character. */
type Signature = readonly [Readonly<Record<number, string>>, FileType];

const zipType = type(
  "application/zip",
  "zip",
  "docx",
  "xlsx",
  "pptx",
  "odt",
  "ods",
  "odp",
  "epub",
  "jar",
  "apk",
);
const mp3Type = type("audio/mpeg", "mp3");
const aacType = type("audio/aac", "aac");
const heicType = type("image/heic", "heic", "heif");

const signatures: readonly Signature[] = [
  [{ 0: "%PDF-" }, type("application/pdf", "pdf")],
  [{ 0: "PK\x03\x04" }, zipType],
  [{ 0: "PK\x05\x06" }, zipType],
  [{ 0: "\x1f\x8b" }, type("application/gzip", "gz", "tgz")],
  [{ 0: "BZh" }, type("application/x-bzip2", "bz2")],
  [{ 0: "\xfd7zXZ\0" }, type("application/x-xz", "xz")],
  [{ 0: "\x28\xb5\x2f\xfd" }, type("application/zstd", "zst")],
  [{ 0: "7z\xbc\xaf\x27\x1c" }, type("application/x-7z-compressed", "7z")],
  [{ 0: "Rar!\x1a\x07" }, type("application/vnd.rar", "rar")],
  [{ 257: "ustar" }, type("application/x-tar", "tar")],
  [{ 0: "ID3" }, mp3Type],
  ...["\xff\xfb", "\xff\xfa", "\xff\xf3", "\xff\xf2"].map((sync): Signature => [{ 0: sync }, mp3Type]),
  ...["\xff\xf1", "\xff\xf9"].map((sync): Signature => [{ 0: sync }, aacType]),
  [{ 0: "OggS" }, type("audio/ogg", "ogg", "oga", "opus", "ogv")],
  [{ 0: "fLaC" }, type("audio/flac", "flac")],
  [{ 0: "#!AMR" }, type("audio/amr", "amr")],
  [{ 0: "RIFF", 8: "WAVE" }, type("audio/wav", "wav")],
  [{ 0: "RIFF", 8: "AVI " }, type("video/x-msvideo", "avi")],
  ...["heic", "heix", "hevc", "mif1", "msf1"].map((brand): Signature => [{ 4: `ftyp${brand}` }, heicType]),
  [{ 4: "ftypavi" }, type("image/avif", "avif")],
  [{ 4: "ftypM4A" }, type("audio/mp4", "m4a")],
  [{ 4: "ftypqt" }, type("video/quicktime", "mov")],
  [{ 4: "ftyp" }, type("video/mp4", "mp4", "m4v", "m4a", "3gp")],
  [{ 0: "\x1a\x45\xdf\xa3" }, type("video/webm", "webm", "mkv")],
  [{ 0: "II*\0" }, type("image/tiff", "tif", "tiff")],
  [{ 0: "MM\0*" }, type("image/tiff", "tif", "tiff")],
  [{ 0: "BM", 6: "\0\0\0\0" }, type("image/bmp", "bmp")],
  [{ 0: "SQLite format 3\0" }, type("application/vnd.sqlite3", "sqlite", "db")],
];

function matches(start: string, parts: Signature[0]): boolean {
  return Object.entries(parts).every(([at, part]) => start.startsWith(part, Number(at)));
}

function isText(bytes: Uint8Array): boolean {
  if (bytes.length === 0 || bytes.includes(0)) return false;
  try {
    // A character may be cut in two where we stop looking.
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: bytes.length === looked });
    return true;
  } catch {
    return false;
  }
}

const longestName = 80;
/** Names that some systems take for devices, whatever their ending. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;

/** The name under which we keep a file that somebody else named; `fallback` where nothing of theirs can stand. */
export function safeName(name: string | null, { endings }: FileType, fallback = "file"): string {
  const given = (name ?? "").slice(-1000).normalize("NFKD").split(/[/\\]/).at(-1)!;
  const [, stem = given, ending = ""] = /^(.+)\.([a-z0-9]{1,8})$/is.exec(given) ?? [];
  const kept = endings.includes(ending.toLowerCase()) ? ending.toLowerCase() : endings[0]!;
  const clean = stem
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^A-Za-z0-9_]+/g, "-")
    .replace(/^[-_]+/, "")
    .slice(0, longestName - kept.length - 1)
    .replace(/-+$/, "");
  const isNone = clean === "" || device.test(clean);
  return `${isNone ? `${fallback}${clean && `-${clean}`}` : clean}.${kept}`;
}

/** The name with a number before its ending, of the same bounded length. */
export function numbered(name: string, number: number): string {
  const at = name.lastIndexOf(".");
  const mark = `-${number}`;
  return `${name.slice(0, at).slice(0, longestName - (name.length - at) - mark.length)}${mark}${name.slice(at)}`;
}
