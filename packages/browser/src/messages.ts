/** Chromium's messages out of a stream of bytes, and ours to it: JSON, each ended by a NUL. */

/** Of one message: a picture or a document in it is smaller. */
const longestMessage = 64 * 1024 * 1024;

export interface Messages {
  /** Those that are whole by now. Null: one is longer than any may be. */
  take(bytes: Uint8Array): readonly string[] | null;
}

export function createMessages(longest = longestMessage): Messages {
  let parts: Uint8Array[] = [];
  let size = 0;
  return {
    take(bytes) {
      const whole: string[] = [];
      let from = 0;
      for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, from)) {
        whole.push(Buffer.concat([...parts, bytes.subarray(from, end)]).toString("utf8"));
        parts = [];
        size = 0;
        from = end + 1;
      }
      parts.push(bytes.slice(from));
      size += bytes.length - from;
      return size > longest ? null : whole;
    },
  };
}

/**
 * Says messages to Chromium. One that was taken over may have its driver say on and on and never listen: that is not kept for it.
 * @param onDeaf its input is over, or more than so many characters wait for it
 */
export function createVoice(
  write: (bytes: Uint8Array) => Promise<void>,
  onDeaf: () => void,
  mostUnheard = longestMessage,
): (message: string) => void {
  let unheard = 0;
  return (message) => {
    if (unheard + message.length > mostUnheard) return onDeaf();
    unheard += message.length;
    write(Buffer.from(`${message}\0`)).then(() => {
      unheard -= message.length;
    }, onDeaf);
  };
}
