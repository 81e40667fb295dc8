// The files that go with the next message: taken in, uploaded at once, and told about. No DOM, so that it can be tested alone.

/**
 * @typedef {{
 *   key: number, file: File, state: "uploading" | "ready" | "failed",
 *   sent: number, problem: string, id: string,
 * }} Attached
 * @typedef {{ maxBytes: number, maxFiles: number }} Limits
 */

/**
 * @param {{
 *   upload: (file: File, options: { signal: AbortSignal, onProgress: (bytes: number) => void, onTrouble: () => void }) => Promise<string>,
 *   onChange: () => void,
 * }} options
 */
export function createAttachments({ upload, onChange }) {
  /** @type {(Attached & { abort: AbortController })[]} */
  let all = [];
  /** @type {Limits} */
  let limits = { maxBytes: 0, maxFiles: 0 };
  /** What was not taken, and why; until something else is done. */
  let problem = "";
  let last = 0;

  /** @param {File} file */
  function refusal(file) {
    if (limits.maxFiles === 0) return "The gateway is not connected yet: try again in a moment.";
    if (all.length >= limits.maxFiles) return `One message takes ${limits.maxFiles} files: send these first.`;
    if (file.size === 0) return `${file.name} is empty, or a folder: choose files.`;
    if (file.size > limits.maxBytes) {
      return `${file.name} has ${sizeText(file.size)}, and ${sizeText(limits.maxBytes)} is the most: send a part of it.`;
    }
    return "";
  }

  /** @param {Attached & { abort: AbortController }} attached */
  async function start(attached) {
    attached.state = "uploading";
    attached.problem = "";
    try {
      attached.id = await upload(attached.file, {
        signal: attached.abort.signal,
        onProgress(bytes) {
          attached.sent = bytes;
          attached.problem = "";
          onChange();
        },
        onTrouble() {
          attached.problem = "The gateway does not take it now; trying again.";
          onChange();
        },
      });
      attached.state = "ready";
      attached.problem = "";
      problem = "";
    } catch (fault) {
      if (attached.abort.signal.aborted) return;
      attached.state = "failed";
      attached.problem = fault instanceof Error ? fault.message : "It could not be uploaded.";
    }
    onChange();
  }

  return {
    /** @param {Limits} given */
    limit(given) {
      limits = given;
      onChange();
    },
    limits: () => limits,
    /** @param {readonly File[]} files */
    add(files) {
      const refusals = [];
      for (const file of files) {
        const why = refusal(file);
        if (why !== "") {
          refusals.push(why);
          continue;
        }
        last += 1;
        const abort = new AbortController();
        const state = /** @type {const} */ ("uploading");
        const attached = { key: last, file, state, sent: 0, problem: "", id: "", abort };
        all.push(attached);
        void start(attached);
      }
      // One sentence for each reason, however many files it meets.
      problem = [...new Set(refusals)].slice(0, 3).join(" ");
      onChange();
    },
    /** @param {number} key */
    remove(key) {
      all.find((one) => one.key === key)?.abort.abort();
      all = all.filter((one) => one.key !== key);
      problem = "";
      onChange();
    },
    /** @returns {readonly Attached[]} */
    list: () => all,
    problem: () => problem,
    /** Nothing can be sent before all of them are there or taken out. */
    isWaiting: () => all.some(({ state }) => state !== "ready"),
    /** Says why a message cannot be sent yet. */
    remind() {
      const hasFailed = all.some(({ state }) => state === "failed");
      problem = hasFailed
        ? "Take out what could not be uploaded, then send."
        : "The files are still being uploaded: send when they are there.";
      onChange();
    },
    /** Those that are uploaded, which belong to the message from now on. */
    take() {
      const taken = all.filter(({ state }) => state === "ready");
      all = all.filter(({ state }) => state !== "ready");
      problem = "";
      onChange();
      return taken;
    },
    clear() {
      for (const { abort } of all) abort.abort();
      all = [];
      problem = "";
      onChange();
    },
  };
}

/** @param {number} bytes */
export function sizeText(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  const units = ["KB", "MB", "GB"];
  let size = bytes / 1024;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${size < 10 ? Math.round(size * 10) / 10 : Math.round(size)} ${units[unit]}`;
}
