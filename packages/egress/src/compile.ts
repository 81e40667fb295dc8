/** Makes rules of what an owner wrote under `sandbox.egress`, or lists every mistake. Pure; a mistake never opens anything. */
import { formatPath, type Issue, type PathSegment, type Result } from "@clawd/kernel";
import { judgeAddress, mayBeOpened } from "./address.ts";
import { parseAuthority, parseHost } from "./host.ts";
import { isOfConnection } from "./headers.ts";
import { refusalOf, type EgressRule } from "./rules.ts";
import type { CompiledEgress, EgressSecret } from "./secret.ts";

export interface EgressSettings {
  /** `host`, `host:port`, `*.example.org:443`, or an object; without a port: 443. */
  readonly allow?: readonly (string | AllowSetting)[] | undefined;
  readonly secrets?: readonly SecretSetting[] | undefined;
}

export interface AllowSetting {
  readonly host: string;
  readonly ports?: readonly number[] | undefined;
  /** Must stand beside an address that is not public; stands beside no other. */
  readonly private?: boolean | undefined;
}

export interface SecretSetting {
  readonly host: string;
  readonly header: string;
  readonly value: string;
  readonly scheme?: string | undefined;
}

/** One mistake, with where it is as segments, so that a schema can pass it on. */
export interface EgressMistake {
  readonly code: string;
  readonly path: readonly PathSegment[];
  readonly message: string;
  readonly hint: string;
}

/** Paths of issues begin at the settings: `allow[2].host`. */
export function compileEgress(settings: EgressSettings): Result<CompiledEgress> {
  const { value, mistakes } = readEgress(settings);
  if (mistakes.length === 0) return { ok: true, value, warnings: [] };
  const issues = mistakes.map(({ path, ...rest }): Issue => ({ ...rest, path: formatPath(path) }));
  return { ok: false, issues };
}

export function readEgress(settings: EgressSettings): {
  readonly value: CompiledEgress;
  readonly mistakes: readonly EgressMistake[];
} {
  const mistakes: EgressMistake[] = [];
  const allow = (settings.allow ?? []).flatMap((entry, index) => {
    const path = ["allow", index];
    const rule = typeof entry === "string" ? ruleOfText(entry, path) : ruleOf(entry, path);
    if (!("code" in rule)) return [rule];
    mistakes.push(rule);
    return [];
  });
  const secrets = (settings.secrets ?? []).flatMap((entry, index) => {
    const secret = secretOf(entry, ["secrets", index], allow, mistakes);
    return secret === null ? [] : [secret];
  });
  secrets.forEach(({ host, header }, index) => {
    const first = secrets.findIndex((other) => other.host === host && other.header === header);
    if (first === index) return;
    const path = ["secrets", index, "header"];
    mistakes.push(
      mistake("egress-secret-twice", path, "This host has that header already.", "Keep one of the two."),
    );
  });
  return { value: { allow, secrets }, mistakes };
}

function ruleOfText(text: string, path: readonly PathSegment[]): EgressRule | EgressMistake {
  const [, host = "", port] = /^(.*?)(?::(\d+))?$/s.exec(text) ?? [];
  // What stands between colons of an address without brackets is no port.
  if (host.includes(":") && !host.startsWith("[")) return badHost(path);
  return ruleOf({ host, ...(port !== undefined && { ports: [Number(port)] }) }, path);
}

function ruleOf(entry: AllowSetting, path: readonly PathSegment[]): EgressRule | EgressMistake {
  const { ports = [443] } = entry;
  if (ports.length === 0 || !ports.every((port) => Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    return mistake(
      "egress-port",
      path,
      "A port is a whole number from 1 to 65535.",
      "Write host:port, such as example.org:443.",
    );
  }
  const isWildcard = entry.host.startsWith("*.");
  const bare = isWildcard ? entry.host.slice(2) : entry.host;
  if (bare === "*" || bare === "") {
    return mistake(
      "egress-everything",
      path,
      "Every host cannot be opened at once.",
      "List the hosts that are needed, one by one.",
    );
  }
  const host = parseHost(bracketed(bare));
  if (host === null) {
    if (/^[a-z0-9-]+\.?$/i.test(bare)) {
      return mistake(
        "egress-bare-name",
        path,
        "A name of one word is a whole top-level domain, or a name of the network inside.",
        "Write the host's full name, or its address with private: true.",
      );
    }
    return badHost(path);
  }
  if (host.isAddress) return addressRule(host.name, ports, entry, isWildcard, path);
  if (entry.private === true) {
    return mistake(
      "egress-private-name",
      path,
      "Only an exact address can be private.",
      "Give the address in a rule of its own; the name stays in this one.",
    );
  }
  return { host: isWildcard ? `*.${host.name}` : host.name, ports: [...new Set(ports)] };
}

function addressRule(
  address: string,
  ports: readonly number[],
  entry: AllowSetting,
  isWildcard: boolean,
  path: readonly PathSegment[],
): EgressRule | EgressMistake {
  if (isWildcard) return badHost(path);
  const verdict = judgeAddress(address);
  if (verdict.isGlobal) {
    if (entry.private !== true) return { host: address, ports: [...new Set(ports)] };
    // The machine's own public address: one that only its marking opens.
    return { host: address, ports: [...new Set(ports)], private: true };
  }
  if (!mayBeOpened(verdict)) {
    return mistake(
      "egress-never",
      path,
      "This address is never opened: it serves machines' credentials, or stands for another address.",
      "Remove it.",
    );
  }
  if (entry.private !== true) {
    return mistake(
      "egress-private-address",
      path,
      "This address is not on the public internet.",
      "If containers shall reach it, write { host, ports, private: true }.",
    );
  }
  return { host: address, ports: [...new Set(ports)], private: true };
}

function secretOf(
  entry: SecretSetting,
  path: readonly PathSegment[],
  allow: readonly EgressRule[],
  mistakes: EgressMistake[],
): EgressSecret | null {
  const before = mistakes.length;
  const host = parseHost(bracketed(entry.host));
  if (host === null || host.isAddress) {
    mistakes.push(
      mistake(
        "egress-secret-host",
        [...path, "host"],
        "A secret belongs to one host by its name.",
        "Write the full name, without a port or a wildcard.",
      ),
    );
  } else if (
    !allow.some(({ ports }) => ports.some((port) => refusalOf({ host, port }, { hosts: allow }) === null))
  ) {
    mistakes.push(
      mistake(
        "egress-secret-closed",
        [...path, "host"],
        "This host is not open, so its secret would never be used.",
        "Add the host to agents.defaults.sandbox.egress.allow.",
      ),
    );
  }
  const header = entry.header.toLowerCase();
  if (!/^[a-z0-9!#$%&'*+.^_`|~-]{1,64}$/.test(header) || isOfConnection(header) || reserved.has(header)) {
    mistakes.push(
      mistake(
        "egress-secret-header",
        [...path, "header"],
        "No secret can be put into a header of this name.",
        "Write the name of a header, such as Authorization or X-Api-Key.",
      ),
    );
  }
  // Shorter ones could not be told from other words of an answer, so they could not be kept out of it.
  if (!/^[\x21-\x7e](?:[\x20-\x7e]{6,4094})[\x21-\x7e]$/.test(entry.value)) {
    mistakes.push(
      mistake(
        "egress-secret-value",
        [...path, "value"],
        "A secret is one line of at least 8 characters.",
        "Check the variable that it comes from.",
      ),
    );
  }
  if (entry.scheme !== undefined && !/^[A-Za-z0-9-]{1,32}$/.test(entry.scheme)) {
    mistakes.push(
      mistake(
        "egress-secret-scheme",
        [...path, "scheme"],
        "The scheme is the one word before the secret.",
        "Write Bearer, Basic or token, or leave it out.",
      ),
    );
  }
  if (mistakes.length > before || host === null) return null;
  return {
    host: host.name,
    header,
    value: entry.value,
    ...(entry.scheme !== undefined && { scheme: entry.scheme }),
  };
}

/** Framing and routing: a value there would not be a header of the request, but another request. */
const reserved: ReadonlySet<string> = new Set(["host", "content-length", "accept-encoding", "date", "via"]);

const bracketed = (host: string) =>
  /^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(host) && parseAuthority(host) === null ? `[${host}]` : host;

const badHost = (path: readonly PathSegment[]) =>
  mistake(
    "egress-host",
    path,
    "This is no host.",
    "Write a name or an address, with a port if it is not 443: example.org, *.example.org:8443.",
  );

const mistake = (
  code: string,
  path: readonly PathSegment[],
  message: string,
  hint: string,
): EgressMistake => ({
  code,
  path,
  message,
  hint,
});
