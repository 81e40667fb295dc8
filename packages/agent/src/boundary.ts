/**
 * Data inside a prompt stands between markers that nobody can guess, and so does the line that says who speaks.
 * INVARIANT: whatever the data says, it cannot end its own block or begin a message (boundary.test.ts).
 */
import { createHmac, randomBytes } from "node:crypto";
import { asData, asLabel } from "./label.ts";

export interface Boundary {
  /** The text as a block of data with a title. */
  wrap(title: string, text: string): string;
  /** The text without the secret of the markers: what a person says outside a block cannot imitate one. */
  clean(text: string): string;
  /** The line before a person's own words. */
  head(speaker: string, time: string): string;
  /** How the markers of data look, for the rule that explains them. */
  readonly marker: string;
  /** How the line before a person's own words begins. */
  readonly headMarker: string;
}

/**
 * The boundary of one session. It stays the same from turn to turn, so that the model's service can cache the prompt;
 * should the model ever repeat a marker, a text that has it loses it.
 * @param key Absent means one that this process drew and keeps to itself.
 */
export function createBoundary(session: string, key: Buffer = processKey): Boundary {
  const secret = createHmac("sha256", key).update(session).digest("hex").slice(0, 24);
  const marker = `data-${secret}`;
  const headMarker = `message-${secret}`;
  // Always the last step: what takes characters out of a text may put a secret together.
  const clean = (text: string) => asData(text).replaceAll(new RegExp(secret, "gi"), "…");
  return {
    marker,
    headMarker,
    clean,
    wrap: (title, text) =>
      `<${marker} title="${clean(asLabel(title, "data", 160))}">\n${clean(text)}\n</${marker}>`,
    head: (speaker, time) => `<${headMarker} from="${clean(speaker)}" at="${clean(time)}">`,
  };
}

/** Known to this process alone, for as long as it runs. */
const processKey = randomBytes(32);
