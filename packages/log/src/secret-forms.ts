/** The ways in which a known secret may turn up in a text. */

/** A shorter one would be found in ordinary words; `createRedactor` warns of it. */
export const shortestSecret = 6;
/** Shorter pieces of encodings turn up by chance. */
const shortestDerived = 8;
/** A secret with its separators taken out must be this long to be looked for in a text without separators. */
const shortestSqueezed = 12;

export interface SecretForms {
  /** In lower case. */
  readonly plain: readonly string[];
  /** Letters and digits only, in lower case: finds a secret that was split or wrapped. */
  readonly squeezed: readonly string[];
}

/** Raw, reversed, URL-encoded, escaped as in JSON, hex, and base64 at each of the three alignments inside a longer text. */
export function formsOf(secret: string): SecretForms {
  const bytes = Buffer.from(secret, "utf8");
  const derived = [
    Array.from(secret).reverse().join(""),
    encodedForUrl(secret),
    new URLSearchParams([["", secret]]).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString("hex"),
    ...base64Cores(bytes),
  ].filter((form) => form.length >= shortestDerived);
  const forms = [...new Set([secret, ...derived].map(lowerCase))];
  const squeezed = forms.map((form) => squeeze(form).text).filter((form) => form.length >= shortestSqueezed);
  return { plain: forms, squeezed: [...new Set(squeezed)] };
}

/** Each line of a key file counts on its own: messages quote single lines. */
export function linesOf(secret: string): readonly string[] {
  const lines = secret.split(/[\r\n]+/).map((line) => line.trim());
  return lines.length === 1 ? [] : lines.filter((line) => line.length >= 16 && !line.startsWith("-----"));
}

function encodedForUrl(secret: string): string {
  try {
    return encodeURIComponent(secret);
  } catch {
    // A lone surrogate has no such form.
    return "";
  }
}

/** The characters of the base64 text that depend on the secret alone, wherever in the encoded bytes it begins. */
function base64Cores(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
    const core = encoded.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
    return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

/** ASCII only, so that no character changes its length and places stay comparable. */
export function lowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());
}

/** Only letters and digits, each with its place in `text`. */
export function squeeze(text: string): { readonly text: string; readonly places: readonly number[] } {
  const places: number[] = [];
  let squeezed = "";
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const isKept = (code >= 48 && code <= 57) || (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
    if (!isKept) continue;
    squeezed += text[index]!;
    places.push(index);
  }
  return { text: squeezed, places };
}
