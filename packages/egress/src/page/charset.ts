/** Bytes of a text become characters, in the charset that they say: by their mark, by the header, by the page itself; else UTF-8. */

export function decodeText(bytes: Uint8Array, contentType: string | undefined): string {
  const named = /charset\s*=\s*["']?([^\s"';]+)/i.exec(contentType ?? "")?.[1];
  const label = markOf(bytes) ?? known(named) ?? known(namedInPage(bytes)) ?? "utf-8";
  return new TextDecoder(label).decode(bytes);
}

function markOf(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : undefined;
}

function namedInPage(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 1024)).toString("latin1");
  return /<meta[^>]{0,200}charset\s*=\s*["']?([^\s"'/>;]+)/i.exec(start)?.[1];
}

function known(label: string | undefined): string | undefined {
  if (label === undefined) return undefined;
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}
