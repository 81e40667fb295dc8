// Only @clawd/egress connects to addresses that somebody else chose (T-G2). Whoever else opens a connection is named in
// declared-connections.mjs; that is read off the sources here, and off the running tests by tools/tests/declared-sockets.mjs.
import { declaredFiles as exceptions } from "./declared-connections.mjs";
import { isTest, packages, read, report, sourceFiles } from "./workspace.mjs";

const modules = /^(?:node:)?(?:net|tls|http|https|http2|dgram|dns|dns\/promises)$/;
const clients =
  /^(?:undici|ws|got|axios|node-fetch|cross-fetch|ky|superagent|request|socket\.io-client|eventsource|dockerode|ssh2)$/;
/** What of those modules listens, describes or parses, and connects to nothing. */
const harmless = new Set(
  "createServer createSecureServer createSecureContext Server ServerResponse IncomingMessage OutgoingMessage METHODS STATUS_CODES isIP isIPv4 isIPv6 BlockList TLSSocket rootCertificates getCACertificates validateHeaderName validateHeaderValue maxHeaderSize".split(
    " ",
  ),
);
const globals =
  /(?<![.\w"'`$#-])(?:globalThis\.)?(?:fetch(?!\s*[:?]|\w)|WebSocket(?=\s*[(,;)}\]])|EventSource\b|XMLHttpRequest\b)/;

const problems = [];
const used = new Set();
let files = 0;
for (const { folder } of packages("packages", "apps")) {
  for (const path of sourceFiles(folder)) {
    if (!path.startsWith(`${folder}/src/`) || isTest(path) || path.endsWith("/testing.ts")) continue;
    files++;
    const found = connecting(read(path));
    if (found.length === 0) continue;
    const exception = exceptions.find(([pattern]) => pattern.test(path));
    if (exception) used.add(exception);
    else problems.push(`${path}: ${found.join(", ")}; connect through @clawd/egress`);
  }
}
for (const exception of exceptions) {
  if (!used.has(exception))
    problems.push(`tools/checks/declared-connections.mjs: ${exception[0]} excepts nothing any more`);
}
report(
  problems,
  `${files} files: nobody but @clawd/egress connects to addresses of others (${used.size} named exceptions)`,
);

/** What in the text could open a connection. */
function connecting(text) {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, "");
  const found = [];
  for (const [, clause, module] of code.matchAll(
    /\b(?:import|export)\s+([^;"'`]*?)\s*from\s*["']([^"']+)["']/g,
  )) {
    if (/^type\b/.test(clause)) continue;
    if (clients.test(module)) found.push(`imports ${module}`);
    else if (modules.test(module))
      found.push(...namesIn(clause).map((name) => `imports ${name} of ${module}`));
  }
  for (const [, module] of code.matchAll(/\b(?:import|require)\s*\(\s*["'`]([^"'`]+)["'`]/g)) {
    if (modules.test(module) || clients.test(module)) found.push(`loads ${module}`);
  }
  const bare = code.replaceAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""');
  const called = globals.exec(bare.replaceAll(/^\s*(?:async\s+)?fetch\s*\((?:.*\{\s*|\w+\??:.*)$/gm, ""));
  // One that the file is given is somebody else's; the tests' hook sees which one it is.
  const isGiven = /[({,]\s*fetch\s*[,}]/.test(bare);
  if (called && !(isGiven && called[0].startsWith("fetch"))) found.push(`uses ${called[0]}`);
  return found;
}

/** The names of a clause that could connect; a default or a namespace could. */
function namesIn(clause) {
  const [, outside, inside = ""] = /^([^{]*)(?:\{([^}]*)\})?/.exec(clause);
  const named = inside
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "" && !part.startsWith("type "))
    .map((part) => part.split(/\s+as\s+/)[0]);
  return [
    ...named.filter((name) => !harmless.has(name)),
    ...(outside.replaceAll(/[\s,]/g, "") === "" ? [] : [outside.trim()]),
  ];
}
