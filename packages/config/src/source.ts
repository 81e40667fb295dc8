/** A text that was read, and line and column of any offset in it. */

/** Where something was written; line and column count from 1, the column in UTF-16 units as editors do. */
export interface SourcePosition {
  /** The config's base name, or an include's path relative to the config's directory. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Source {
  readonly file: string;
  readonly text: string;
  /** Computed when first asked: most loads have no issue and need no position. */
  positionAt(offset: number): SourcePosition;
}

const lineEnd = /\r\n|[\n\r]/g;

export function sourceOf(file: string, text: string): Source {
  let starts: readonly number[] | undefined;
  return {
    file,
    text,
    positionAt(offset) {
      starts ??= [0, ...Array.from(text.matchAll(lineEnd), (end) => end.index + end[0].length)];
      const line = lastAtOrBefore(starts, offset);
      const byteOrderMark = line === 0 && text.startsWith("\uFEFF") ? 1 : 0;
      const column = Math.max(1, offset - starts[line]! + 1 - byteOrderMark);
      return { file, line: line + 1, column };
    },
  };
}

function lastAtOrBefore(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
