/**
 * The bytes of a terminal or a pipe as plain text: characters that were cut between two pieces are put together, escape sequences
 * and everything that is not seen are left out, and every end of a line is one line break.
 */

type State = "text" | "escape" | "sequence" | "string" | "string-escape";

export class PlainText {
  readonly #decoder = new TextDecoder();
  #state: State = "text";
  #afterReturn = false;

  add(bytes: Uint8Array): string {
    return this.#plain(this.#decoder.decode(bytes, { stream: true }));
  }

  /** What was waiting for more. */
  end(): string {
    return this.#plain(this.#decoder.decode());
  }

  #plain(text: string): string {
    const isQuick = this.#state === "text" && !this.#afterReturn && !unseen.test(text);
    if (isQuick) return text;
    let result = "";
    for (const character of text) result += this.#take(character);
    return result;
  }

  #take(character: string): string {
    switch (this.#state) {
      case "text":
        return this.#takeText(character);
      case "escape":
        this.#state = character === "[" ? "sequence" : /^[\]PX^_]$/.test(character) ? "string" : "text";
        // ESC, characters between space and slash, and one more: the ones between go on with it.
        if (/^[ -/]$/.test(character)) this.#state = "escape";
        return "";
      case "sequence":
        if (/^[@-~]$/.test(character)) this.#state = "text";
        // A line break cannot be in a sequence: it was no sequence.
        if (character === "\n") return this.#leave(character);
        return "";
      case "string":
        if (character === "\x07" || character === "\x9c") this.#state = "text";
        else if (character === "\x1b") this.#state = "string-escape";
        else if (character === "\n") return this.#leave(character);
        return "";
      case "string-escape":
        this.#state = character === "\\" ? "text" : "string";
        return "";
    }
  }

  #leave(character: string): string {
    this.#state = "text";
    return this.#takeText(character);
  }

  #takeText(character: string): string {
    const isSecondHalf = this.#afterReturn && character === "\n";
    this.#afterReturn = character === "\r";
    if (isSecondHalf) return "";
    if (character === "\r") return "\n";
    if (character === "\x1b") this.#state = "escape";
    else if (character === "\x9b") this.#state = "sequence";
    else if (!unseen.test(character)) return character;
    return character === "\n" || character === "\t" ? character : "";
  }
}

const unseen = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}]/u;
