/**
 * The thread that drives one browser. It is a thread so that neither loading the library nor anything that a browser says can hold
 * up or end the gateway; it holds no place, no file and no socket: what it says to Chromium goes through whoever started it.
 */
import { parentPort } from "node:worker_threads";
import { type ConnectOverCDPTransport, chromium } from "playwright-core";
import { createDriver, type Driver } from "./drive.ts";
import type { FromDriver, ToDriver } from "./protocol.ts";

const port = parentPort!;
const tell = (message: FromDriver) => port.postMessage(message);

const transport: ConnectOverCDPTransport = {
  send: (message) => tell({ kind: "cdp", text: JSON.stringify(message) }),
  close: () => undefined,
};
/** Nothing is written to the disk here. */
const nowhere = "/proc/self/nowhere";

const driving: Promise<Driver> = chromium
  .connectOverCDP(transport, { noDefaults: true, artifactsDir: nowhere, timeout: 30_000 })
  .then(createDriver);

port.on("message", (message: ToDriver) => {
  if (message.kind === "cdp") {
    tell({ kind: "took", size: message.text.length });
    return transport.onmessage?.(JSON.parse(message.text) as object);
  }
  const { id, input, timeoutMs, files } = message;
  driving
    .then((driver) => driver.perform(input, timeoutMs, files))
    .then(
      (answer) => tell({ kind: "answer", id, answer }),
      () => tell({ kind: "answer", id, answer: { isError: true, text: "The browser cannot be driven." } }),
    );
});

driving.then(
  () => tell({ kind: "ready" }),
  (fault: unknown) => tell({ kind: "failed", reason: fault instanceof Error ? fault.message : "unknown" }),
);
