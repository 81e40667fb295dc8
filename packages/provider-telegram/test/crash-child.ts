/**
 * A gateway that dies by SIGKILL: `node crash-child.ts <apiRoot> <token> <inbox file> <before|after|never> <batch>`.
 * Its inbox is a file, written through to the disk; it dies before or after it stored the given batch.
 */
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { silentLogger, systemClock } from "@clawd/kernel";
import { telegram } from "../src/index.ts";

const [apiRoot = "", botToken = "", inbox = "", when = "never", batch = "0"] = process.argv.slice(2);
let count = 0;

const connection = telegram.connect(
  { apiRoot, botToken },
  {
    note: null,
    account: "default",
    clock: systemClock,
    logger: silentLogger,
    http: { handle() {} },
    report() {},
    warn() {},
    async receive(events) {
      count += 1;
      const isLast = String(count) === batch;
      if (isLast && when === "before") process.kill(process.pid, "SIGKILL");
      const file = openSync(inbox, "a");
      writeSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
      fsyncSync(file);
      closeSync(file);
      if (isLast && when === "after") process.kill(process.pid, "SIGKILL");
      // The moment in which an eager intake has acknowledged already.
      await new Promise(setImmediate);
    },
  },
);
await connection.start();
