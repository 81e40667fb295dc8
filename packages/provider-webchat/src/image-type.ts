/** What may be shown as a picture: told from the bytes, never from a name or a claim. None of these can run anything. */

/** Null for everything else; SVG is a document with scripts. */
export function imageTypeOf(bytes: Uint8Array): string | null {
  const hex = Buffer.from(bytes.subarray(0, 12)).toString("hex");
  if (hex.startsWith("89504e470d0a1a0a")) return "image/png";
  if (hex.startsWith("ffd8ff")) return "image/jpeg";
  if (/^474946383[79]61/.test(hex)) return "image/gif";
  return /^52494646.{8}57454250$/.test(hex) ? "image/webp" : null;
}
