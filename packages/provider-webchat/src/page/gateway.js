// The page's side of the wire: a stream of lines that is always reopened, and messages that are sent until they are taken.

/** Milliseconds. The gateway sends a heartbeat every 15 seconds; two of them missing means that nobody is there. */
const silence = 40_000;
const firstWait = 1000;
const longestWait = 30_000;
/** Bytes of a file that go up at once, below what the gateway takes in one request. */
const partSize = 192 * 1024;

/**
 * @param {{
 *   token: string,
 *   fetch: typeof globalThis.fetch,
 *   sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>,
 *   cursor: () => { epoch: string, after: number },
 *   onLine: (line: any) => void,
 *   onState: (state: "connecting" | "connected" | "waiting" | "refused") => void,
 *   onSent: (id: string, outcome: "sent" | "retrying" | "refused", hint: string) => void,
 * }} options
 */
export function createGateway({ token, fetch, sleep, cursor, onLine, onState, onSent }) {
  const closing = new AbortController();
  /** @type {{ id: string, text: string, conversation: string | null, pressed?: string, files?: readonly string[] }[]} */
  const outbox = [];
  let hurry = new AbortController();
  let isPosting = false;

  /** @param {number} attempt */
  async function wait(attempt) {
    const milliseconds = Math.min(longestWait, firstWait * 2 ** attempt);
    await sleep(milliseconds, AbortSignal.any([closing.signal, hurry.signal]));
    if (hurry.signal.aborted) hurry = new AbortController();
  }

  function refuse() {
    if (closing.signal.aborted) return;
    closing.abort();
    onState("refused");
  }

  async function listen() {
    for (let attempt = 0; !closing.signal.aborted; attempt++) {
      onState("connecting");
      try {
        await readStream(() => (attempt = 0));
      } catch {
        // Whatever it was, the answer is the same: try again.
      }
      if (closing.signal.aborted) return;
      onState("waiting");
      await wait(attempt);
    }
  }

  /** @param {() => void} onOpen */
  async function readStream(onOpen) {
    const quiet = new AbortController();
    let watch = new AbortController();
    const heard = () => {
      watch.abort();
      watch = new AbortController();
      const { signal } = watch;
      void sleep(silence, signal).then(() => signal.aborted || quiet.abort());
    };
    heard();
    try {
      const { epoch, after } = cursor();
      const response = await fetch(`/webchat/events?epoch=${encodeURIComponent(epoch)}&after=${after}`, {
        headers: { authorization: `Bearer ${token}` },
        cache: "no-store",
        credentials: "omit",
        signal: AbortSignal.any([closing.signal, quiet.signal]),
      });
      if (response.status === 401) return refuse();
      if (!response.ok || response.body === null) return;
      onOpen();
      onState("connected");
      for await (const line of linesOf(response.body)) {
        heard();
        onLine(JSON.parse(line));
      }
    } finally {
      watch.abort();
    }
  }

  /** One at a time, so that messages arrive in the order in which they were written. */
  async function postAll() {
    if (isPosting) return;
    isPosting = true;
    for (let attempt = 0; outbox.length > 0 && !closing.signal.aborted; attempt++) {
      const [message] = outbox;
      const outcome = await post(message);
      if (outcome === "retry") {
        onSent(message.id, "retrying", "");
        await wait(attempt);
        continue;
      }
      outbox.shift();
      attempt = -1;
    }
    isPosting = false;
  }

  /** @param {{ id: string, text: string, conversation: string | null, pressed?: string, files?: readonly string[] }} message */
  async function post(message) {
    try {
      const response = await fetch("/webchat/message", {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(message),
        cache: "no-store",
        credentials: "omit",
        signal: closing.signal,
      });
      if (response.ok) onSent(message.id, "sent", "");
      else if (response.status === 401) refuse();
      else if (response.status >= 500 || response.status === 429) return "retry";
      else onSent(message.id, "refused", (await response.json()).hint ?? "");
      return "done";
    } catch {
      return "retry";
    }
  }

  /**
   * Asks until there is an answer that is no passing trouble.
   * @param {string} path
   * @param {{ method?: string, headers?: Readonly<Record<string, string>>, body?: BodyInit }} init
   * @param {AbortSignal} signal
   * @param {() => void} onTrouble
   */
  async function ask(path, init, signal, onTrouble = () => {}) {
    const either = AbortSignal.any([closing.signal, signal]);
    for (let attempt = 0; ; attempt++) {
      try {
        const response = await fetch(path, {
          ...init,
          headers: { ...init.headers, authorization: `Bearer ${token}` },
          cache: "no-store",
          credentials: "omit",
          signal: either,
        });
        if (response.status === 401) refuse();
        else if (response.status < 500 && response.status !== 429) return response;
      } catch {
        // The network is gone; or the signal ended it, which is seen below.
      }
      if (either.aborted) throw new Error("It was given up.");
      onTrouble();
      await wait(attempt);
    }
  }

  /** @param {Response} response */
  async function hintOf(response) {
    try {
      const { hint, message, error } = await response.json();
      return hint ?? error?.hint ?? message ?? "";
    } catch {
      return "";
    }
  }

  /**
   * In parts, so that it can be seen how far it is, and goes on where it stopped.
   * @param {File} file
   * @param {{ signal: AbortSignal, onProgress: (bytes: number) => void, onTrouble: () => void }} options
   * @returns {Promise<string>} its id
   */
  async function upload(file, { signal, onProgress, onTrouble }) {
    const announced = JSON.stringify({ name: file.name || "file", type: file.type, size: file.size });
    const headers = { "content-type": "application/json" };
    const begun = await ask(
      "/webchat/files",
      { method: "POST", headers, body: announced },
      signal,
      onTrouble,
    );
    if (!begun.ok) throw new Error(await hintOf(begun));
    const { id } = await begun.json();
    for (let at = 0; at < file.size;) {
      const body = await partOf(file, at);
      const type = { "content-type": "application/octet-stream" };
      const answer = await ask(
        `/webchat/files/${id}?at=${at}`,
        { method: "PUT", headers: type, body },
        signal,
        onTrouble,
      );
      if (answer.status === 404) throw new Error("The gateway was restarted: attach it again.");
      if (!answer.ok && answer.status !== 409) throw new Error(await hintOf(answer));
      const { received } = await answer.json();
      at = received;
      onProgress(at);
    }
    return id;
  }

  /** @param {string} id @returns {Promise<ArrayBuffer>} */
  async function load(id) {
    const response = await ask(`/webchat/files/${encodeURIComponent(id)}`, {}, closing.signal);
    if (!response.ok) throw new Error("The gateway does not have it any more.");
    return response.arrayBuffer();
  }

  return {
    upload,
    load,
    open: () => void listen(),
    close: () => closing.abort(),
    /** The network is back, or the page is looked at again: do not wait any longer. */
    hurry: () => hurry.abort(),
    /** @param {{ id: string, text: string, conversation: string | null, pressed?: string, files?: readonly string[] }} message */
    send(message) {
      outbox.push(message);
      void postAll();
    },
  };
}

/** @param {File} file @param {number} at */
async function partOf(file, at) {
  try {
    return await file.slice(at, at + partSize).arrayBuffer();
  } catch {
    throw new Error("It cannot be read: it was moved or changed.");
  }
}

/** @param {ReadableStream<Uint8Array>} body */
async function* linesOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    const lines = (rest + next.value).split("\n");
    rest = lines.pop() ?? "";
    yield* lines.filter((line) => line !== "");
  }
}
