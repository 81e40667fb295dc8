/** Thrown by whatever reads a page when the page asks for more work than any honest one; the page is refused then, never half read. */
export class BeyondBounds {}

/** Work that may still be done. */
export class Budget {
  #left: number;

  constructor(steps: number) {
    this.#left = steps;
  }

  /** @throws BeyondBounds */
  spend(steps = 1): void {
    this.#left -= steps;
    if (this.#left < 0) throw new BeyondBounds();
  }
}
