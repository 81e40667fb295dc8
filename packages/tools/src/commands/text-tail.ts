/** The end of a text that keeps growing: so many characters of it, and how many there were. */

export class TextTail {
  readonly #most: number;
  #pieces: string[] = [];
  #kept = 0;
  #total = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Characters ever added. */
  get total(): number {
    return this.#total;
  }

  add(text: string): void {
    if (text === "") return;
    this.#total += text.length;
    this.#pieces.push(text);
    this.#kept += text.length;
    // Pieces are joined now and then, so that neither their number nor what is kept beyond the limit grows.
    if (this.#kept > 2 * this.#most || this.#pieces.length > 1_000) this.#join();
  }

  /** What was kept of the text from this character on, and how many characters before it are lost. */
  from(position: number): { readonly text: string; readonly lost: number } {
    const kept = this.#join();
    const begin = this.#total - kept.length;
    if (position <= begin) return { text: kept, lost: begin - position };
    return { text: kept.slice(position - begin), lost: 0 };
  }

  #join(): string {
    const text = this.#pieces.length === 1 ? this.#pieces[0]! : this.#pieces.join("");
    const kept = lastCharacters(text, this.#most);
    this.#pieces = [kept];
    this.#kept = kept.length;
    return kept;
  }
}

/** The last so many characters, and no half of one. */
export function lastCharacters(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept = text.slice(-most);
  return /^[\udc00-\udfff]/.test(kept) ? kept.slice(1) : kept;
}
