/**
 * Whether one way out is wider than another: every difference in what the rules open, not in how they are written. Pure and
 * total. INVARIANT: where nothing but `narrows` is said, every target that is open now was open before (compare.test.ts).
 */
import { createHash } from "node:crypto";
import type { SettingChange } from "@clawd/kernel";
import { type EgressSettings, readEgress } from "./compile.ts";
import type { EgressRule } from "./rules.ts";
import { headerValue, type EgressSecret } from "./secret.ts";

/** Settings that were valid when they were loaded; undefined opens nothing. Keys begin with `sandbox.egress`. */
export function compareEgress(
  before: EgressSettings | undefined,
  after: EgressSettings | undefined,
): readonly SettingChange[] {
  const [was, is] = [readEgress(before ?? {}).value, readEgress(after ?? {}).value];
  const [old, now] = [openings(was.allow), openings(is.allow)];
  return [
    ...now.filter((one) => !isOpen(one, old)).map((one) => allowChange("widens", nothing, textOf(one))),
    ...old.filter((one) => !isOpen(one, now)).map((one) => allowChange("narrows", textOf(one), nothing)),
    ...secretChanges(was.secrets, is.secrets),
  ];
}

const nothing = "–";

/** One pattern at one port. */
interface Opening {
  readonly host: string;
  readonly port: number;
  readonly isPrivate: boolean;
}

const openings = (rules: readonly EgressRule[]): readonly Opening[] =>
  rules.flatMap(({ host, ports, private: isPrivate = false }) =>
    ports.map((port) => ({ host, port, isPrivate })),
  );

/** A name below a wildcard is open by it; a private address only by being named as one. */
const isOpen = (one: Opening, open: readonly Opening[]): boolean =>
  open.some(
    ({ host, port, isPrivate }) =>
      port === one.port && (isPrivate || !one.isPrivate) && covers(host, one.host),
  );

const covers = (pattern: string, host: string): boolean =>
  pattern === host || (pattern.startsWith("*.") && host.endsWith(pattern.slice(1)));

const textOf = ({ host, port, isPrivate }: Opening): string =>
  `${host.includes(":") ? `[${host}]` : host}:${port}${isPrivate ? " (private)" : ""}`;

const allowChange = (
  direction: SettingChange["direction"],
  before: string,
  after: string,
): SettingChange => ({ direction, key: "sandbox.egress.allow", before, after });

/** Another value is the right of somebody else. No value is ever shown. */
function secretChanges(
  before: readonly EgressSecret[],
  after: readonly EgressSecret[],
): readonly SettingChange[] {
  const [was, is] = [byHeader(before), byHeader(after)];
  return [...new Set([...was.keys(), ...is.keys()])].toSorted().flatMap((name): readonly SettingChange[] => {
    const [old, now] = [was.get(name), is.get(name)];
    if (old === now) return [];
    const direction = old === undefined ? "widens" : now === undefined ? "narrows" : "changes";
    return [
      {
        direction,
        key: "sandbox.egress.secrets",
        before: old === undefined ? nothing : name,
        after: now === undefined ? nothing : old === undefined ? name : `${name}, another value`,
        seal: digestOf([old ?? null, now ?? null]),
      },
    ];
  });
}

const byHeader = (secrets: readonly EgressSecret[]): ReadonlyMap<string, string> =>
  new Map(secrets.map((secret) => [`${secret.header} for ${secret.host}`, headerValue(secret)]));

const digestOf = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 32);
