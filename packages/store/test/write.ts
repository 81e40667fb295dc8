/** Stores without end and says what was acknowledged, one number a line, until it is killed. */
import { systemClock } from "@clawd/kernel";
import { openStore } from "@clawd/store";
import { writeSync } from "node:fs";

const [directory, first] = process.argv.slice(2);
const store = openStore({ directory: directory!, clock: systemClock });
for (let n = Number(first); ; n++) {
  const { id } = store.transaction(() => {
    const stored = store.inbox.put({
      provider: "irc",
      account: "default",
      eventId: String(n),
      receivedAt: n,
      body: JSON.stringify({ n }),
      state: "pending",
    });
    store.audit.append({ kind: "message-received", detail: n });
    store.outbox.enqueue({
      deliveryId: String(n),
      provider: "irc",
      account: "default",
      chat: { kind: "dm", id: String(n % 3), thread: null },
      text: "x".repeat(n % 900),
      replyToMessageId: null,
      purpose: "reply",
      session: null,
      cause: stored.id,
    });
    return stored;
  });
  if (n % 2 === 0) store.inbox.finish(id);
  writeSync(1, `${n}\n`);
}
