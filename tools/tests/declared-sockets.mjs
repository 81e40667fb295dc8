// Watches every socket that is opened while tests run, and who opens it (T-G2): code of the product that is not named in
// tools/checks/declared-connections.mjs is a violation. Works in a test's own process and, by `--import`, in one that it starts.
import { appendFileSync } from "node:fs";
import net from "node:net";
import dgram from "node:dgram";
import { fileURLToPath } from "node:url";
import { declaredFiles, declaredLibraries } from "../checks/declared-connections.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const installed = Symbol.for("clawd.declared-sockets");
/** What tests do themselves: their servers and clients are on this machine. */
const ofTests =
  /^(?:packages|apps|examples)\/[\w-]+\/(?:test|proof|bench)\/|\.test\.ts$|\/src\/(?:testing|conformance)|^packages\/emulators\/|^tools\//;
const depth = 200;

/** Who is on the stack, from the inside out: files of the workspace, and names of installed packages. */
function ownersOf(stack) {
  return stack.split("\n").flatMap((line) => {
    const path = /(?:file:\/\/)?(\/[^\s():?]+)/.exec(line)?.[1];
    if (path === undefined || line.includes("node:")) return [];
    const library = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
    if (library !== undefined) return [{ library }];
    if (!path.startsWith(root)) return [];
    const file = path.slice(root.length);
    return file.startsWith("tools/tests/declared-sockets") ? [] : [{ file: sourceOf(file) }];
  });
}

/** What is built is named like what it is built from. */
const sourceOf = (file) => file.replace(/^((?:packages|apps)\/[\w-]+)\/dist\//, "$1/src/");

/** Null when whoever opens the socket is declared or a test; else who it is. */
export function undeclared(stack) {
  const owners = ownersOf(stack);
  const own = owners.find(({ file }) => file !== undefined);
  if (own !== undefined) {
    const isDeclared = declaredFiles.some(([pattern]) => pattern.test(own.file));
    return isDeclared || ofTests.test(own.file) ? null : own.file;
  }
  // Only what waits inside a library is left of the stack.
  const library = owners.find(({ library: name }) => name !== undefined)?.library;
  if (library === undefined)
    return stack.includes("node:internal/deps/undici") ? null : "nobody that is known";
  return declaredLibraries.some(([name]) => name === library) ? null : `the library ${library}`;
}

/** @param report told of each violation */
export function watchSockets(report) {
  if (globalThis[installed] !== undefined) return void (globalThis[installed].report = report);
  const state = { report };
  globalThis[installed] = state;

  const look = (to) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = depth;
    const { stack = "" } = new Error("a socket is opened");
    Error.stackTraceLimit = limit;
    const who = undeclared(stack);
    if (who !== null) state.report({ who, to, stack });
  };
  const connect = Reflect.get(net.Socket.prototype, "connect");
  net.Socket.prototype.connect = function (...args) {
    look(targetOf(args));
    return connect.apply(this, args);
  };
  for (const name of ["send", "connect"]) {
    const original = dgram.Socket.prototype[name];
    dgram.Socket.prototype[name] = function (...args) {
      look("a datagram");
      return original.apply(this, args);
    };
  }
  // Node's own fetch connects later, with nobody on the stack: who calls it is looked at here.
  const { fetch } = globalThis;
  globalThis.fetch = function watched(...args) {
    look(String(args[0]?.url ?? args[0]).slice(0, 100));
    return fetch.apply(this, args);
  };
}

function targetOf(args) {
  const [first] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof first !== "object" || first === null) return String(first);
  return String(first.path ?? `${first.host ?? "localhost"}:${first.port}`);
}

// In a process that a test starts: violations go to a file that the test reads.
const file = process.env["CLAWD_TEST_SOCKET_REPORT"];
if (file !== undefined && file !== "")
  watchSockets(({ who, to, stack }) => appendFileSync(file, `${JSON.stringify({ who, to, stack })}\n`));
