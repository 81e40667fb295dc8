/**
 * Data inside a prompt stands between markers that nobody can guess.
 * INVARIANT: whatever the data says, it cannot end its own block (boundary.test.ts).
 */
import { createHmac, randomBytes } from "node:crypto";

export interface Boundary {
  /** The text as a block of data with a title. */
  wrap(title: string, text: string): string;
  /** The text without the secret of the markers: what a person says outside a block cannot imitate one. */
  clean(text: string): string;
  /** How the markers look, for the rule that explains them. */
  readonly marker: string;
}

/**
 * The boundary of one session. It stays the same from turn to turn, so that the model's service can cache the prompt;
 * should the model ever repeat a marker, a text that has it loses it.
 */
export function createBoundary(session: string, key: Buffer = processKey): Boundary {
  const secret = createHmac("sha256", key).update(session).digest("hex").slice(0, 24);
  const clean = (text: string) => text.replaceAll(new RegExp(secret, "gi"), "…");
  return {
    marker: `data-${secret}`,
    clean,
    wrap: (title, text) =>
      `<data-${secret} title="${clean(title).replaceAll('"', "'")}">\n${clean(text)}\n</data-${secret}>`,
  };
}

/** Known to this process alone, for as long as it runs. */
const processKey = randomBytes(32);
