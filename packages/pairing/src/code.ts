/** Pairing codes: 40 bits, easy to read aloud, compared without telling how far they agree. */
import { ClawdError } from "@clawd/kernel";

/** Without I, O, 0 and 1, which people mistake for each other. */
export const codeAlphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
export const codeLength = 8;
const maxAttempts = 500;

/** A number from 0 up to but without `below`, each as likely. */
export type RandomInt = (below: number) => number;

export const cryptoRandomInt: RandomInt = (below) => loadCrypto().randomInt(below);

/** @throws CLAWD_PAIRING_RANDOM when the source of numbers yields only codes that are taken. */
export function newCode(randomInt: RandomInt, taken: ReadonlySet<string>): string {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    let code = "";
    while (code.length < codeLength) code += codeAlphabet.charAt(randomInt(codeAlphabet.length));
    if (!taken.has(code)) return code;
  }
  throw new ClawdError("CLAWD_PAIRING_RANDOM", "No unused pairing code could be made.", {
    hint: "The random numbers repeat themselves: check the randomInt that was passed in.",
  });
}

/** The one holder whose code was typed; spaces around it and letter case do not matter. Looks at every holder, always. */
export function holderOf<Holder extends { readonly code: string }>(
  typed: string,
  holders: readonly Holder[],
): Holder | undefined {
  const { timingSafeEqual } = loadCrypto();
  const wanted = digest(typed);
  let found: Holder | undefined;
  for (const holder of holders) if (timingSafeEqual(wanted, digest(holder.code))) found = holder;
  return found;
}

/** Loaded when a code is made or compared, so that a look at the requests costs nothing of it. */
function loadCrypto() {
  return process.getBuiltinModule("node:crypto");
}

// Digests have one length, which timingSafeEqual needs.
function digest(code: string): Buffer {
  return loadCrypto().createHash("sha256").update(code.trim().toUpperCase()).digest();
}
