/**
 * Talk's protocol over TCP: one JSON document a line, `{ id, call, … }` out, `{ id, result }` or `{ id, error }` back. The server
 * greets with an empty line, so a call that was never written is told from one whose answer was lost.
 */
import { createConnection, type Socket } from "node:net";

export interface Update {
  /** Counts up; a poll acknowledges everything up to the number it names. */
  readonly number: number;
  readonly kind: "message" | "edit";
  readonly id: string;
  readonly at: number;
  readonly from: { readonly id: string; readonly name: string; readonly isBot: boolean };
  readonly chat: { readonly id: string; readonly isGroup: boolean; readonly title: string | null };
  readonly text: string;
  readonly mentions: readonly string[];
  readonly answers: { readonly id: string; readonly from: string; readonly text: string } | null;
}

export interface Message {
  readonly chat: string;
  readonly text: string;
  /** The server shows a message of one key once. */
  readonly key: string;
}

export interface Wire {
  /** The bot's own account. */
  whoAmI(): Promise<{ readonly id: string; readonly name: string }>;
  /** Resolves with the updates after `number`, as soon as there are some, and with none when the signal aborts. */
  poll(after: number, signal: AbortSignal): Promise<readonly Update[]>;
  post(message: Message): Promise<{ readonly id: string }>;
  /** Leaves no socket. The next call opens another one. */
  close(): void;
}

const reasons = ["unauthorized", "unreachable", "slow-down", "refused", "cut-off"] as const;
export type Reason = (typeof reasons)[number];

/** How a call fails. */
export class WireError extends Error {
  readonly reason: Reason;
  readonly waitMs: number;

  constructor(reason: Reason, waitMs = 0) {
    super(`Talk failed: ${reason}.`);
    this.reason = reason;
    this.waitMs = waitMs;
  }
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: unknown;
  readonly waitMs?: unknown;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(fault: WireError): void;
}

/** A server whose line grows beyond this is not Talk. */
const longestLine = 1 << 20;

export function openWire(address: {
  readonly host: string;
  readonly port: number;
  readonly token: string;
}): Wire {
  let link: Promise<Link> | undefined;

  async function call(name: string, body: object): Promise<unknown> {
    link ??= connect(address.host, address.port, () => (link = undefined));
    return (await link).call({ ...body, call: name, token: address.token });
  }

  return {
    whoAmI: async () => (await call("who-am-i", {})) as Awaited<ReturnType<Wire["whoAmI"]>>,
    post: async (message) => (await call("post", message)) as Awaited<ReturnType<Wire["post"]>>,
    async poll(after, signal) {
      const aborted = new Promise<readonly Update[]>((resolve) => {
        if (signal.aborted) resolve([]);
        signal.addEventListener("abort", () => resolve([]), { once: true });
      });
      return Promise.race([aborted, call("poll", { after }) as Promise<readonly Update[]>]);
    },
    close() {
      link?.then((open) => open.end()).catch(() => {});
    },
  };
}

interface Link {
  call(body: object): Promise<unknown>;
  end(): void;
}

function connect(host: string, port: number, onClose: () => void): Promise<Link> {
  const socket = createConnection({ host, port });
  const waiting = new Map<number, Waiting>();
  let calls = 0;
  return new Promise((resolve, reject) => {
    socket.on("error", () => {});
    socket.on("close", () => {
      onClose();
      reject(new WireError("unreachable"));
      for (const call of waiting.values()) call.reject(new WireError("cut-off"));
    });
    const link: Link = {
      call: (body) =>
        new Promise((resolveCall, rejectCall) => {
          const id = ++calls;
          waiting.set(id, { resolve: resolveCall, reject: rejectCall });
          socket.write(`${JSON.stringify({ ...body, id })}\n`);
        }),
      end: () => void socket.destroy(),
    };
    let isGreeted = false;
    readLines(socket, (line) => {
      if (isGreeted) settle(line, waiting);
      isGreeted = true;
      resolve(link);
    });
  });
}

/** Whoever sends what is no line of this protocol is cut off. */
export function readLines(socket: Socket, onLine: (line: string) => void): void {
  let rest = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    try {
      for (const line of lines) onLine(line);
      if (rest.length <= longestLine) return;
    } catch {
      // Not JSON.
    }
    socket.destroy();
  });
}

function settle(line: string, waiting: Map<number, Waiting>): void {
  const { id, result, error, waitMs } = JSON.parse(line) as Answer;
  const call = waiting.get(id);
  waiting.delete(id);
  if (error === undefined) call?.resolve(result);
  else call?.reject(new WireError(reasons.find((one) => one === error) ?? "cut-off", Number(waitMs ?? 0)));
}
