/** What every answer carries, and the answers that are not a handler's. */

/** A page may load nothing and be framed by nobody, unless its handler names a policy of its own. */
const contentSecurityPolicy =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const always: Readonly<Record<string, string>> = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** The headers of an answer: the handler's, without what would open it to other origins, and ours. */
export function answerHeaders(given: Headers): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {
    "cache-control": "no-store",
    "content-security-policy": contentSecurityPolicy,
  };
  for (const [name, value] of given) {
    if (name.startsWith("access-control-") || hopByHop.includes(name)) continue;
    headers[name] = name === "set-cookie" ? given.getSetCookie() : value;
  }
  const policy = String(headers["content-security-policy"]);
  if (!/frame-ancestors/i.test(policy))
    headers["content-security-policy"] = `${policy}; frame-ancestors 'none'`;
  return { ...headers, ...always };
}

const hopByHop: readonly string[] = ["connection", "keep-alive", "transfer-encoding", "upgrade"];

const refusals = {
  "bad-request": [
    400,
    "The request is not well-formed.",
    "Send HTTP/1.1 with one Host header and a plain path.",
  ],
  unauthorized: [401, "This needs the gateway's token.", "Send it in the header `Authorization: Bearer …`."],
  "host-not-allowed": [403, "This Host is not served here.", "Add the name to gateway.allowedHosts."],
  "origin-not-allowed": [
    403,
    "Pages of this origin may not call the gateway.",
    "Add its host to gateway.allowedHosts.",
  ],
  "not-found": [404, "There is nothing here.", "Check the path."],
  "method-not-allowed": [405, "This path does not take that method.", "Use GET."],
  "body-too-large": [413, "The body is too large.", "Send less at once."],
  "too-many-failures": [429, "Too many wrong tokens.", "Wait; the right token works at any time."],
  internal: [500, "The request failed.", "The gateway's log says why."],
} as const satisfies Record<string, readonly [number, string, string]>;

export type Refusal = keyof typeof refusals;

/** `{error: {code, message, hint}}`; nothing in it depends on the request or on the inside of the gateway. */
export function refuse(code: Refusal, headers: Readonly<Record<string, string>> = {}): Response {
  const [status, message, hint] = refusals[code];
  return Response.json({ error: { code, message, hint } }, { status, headers });
}
