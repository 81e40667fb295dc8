/** What a network's descriptor promises about ids: the proof that nobody is taken for somebody else. */
import assert from "node:assert/strict";
import type { Canonical, Network } from "../network.ts";
import { declareCases, type Case, type Runner } from "./runner.ts";

export interface NetworkConformanceOptions {
  readonly network: Network;
  /** Pairs of people's ids in two spellings: one account each. */
  readonly same: readonly (readonly [string, string])[];
  /** Pairs of people's ids that look alike and are two accounts. */
  readonly different: readonly (readonly [string, string])[];
  /** What is no person's id here: names, ids of chats, other networks' ids, malformed ones. */
  readonly invalid: readonly string[];
  /** The same for the ids of chats. Absent: the network has one chat for a person, with the person's id. */
  readonly chats?: {
    readonly same: readonly (readonly [string, string])[];
    readonly different: readonly (readonly [string, string])[];
    readonly invalid: readonly string[];
  };
}

/** Never anybody's id, on any network. */
const nobody = [
  "",
  " ",
  "\t\n",
  "*",
  "+",
  "@",
  ":",
  "null",
  "undefined",
  "NaN",
  "anonymous",
  "unknown",
  "__proto__",
  "constructor",
  "toString",
  "@alice",
  "Alice Example",
  "１２３４５６７８９",
  "٤٢",
  "1e3",
  "0x2a",
  "0",
  "-0",
  "007",
  "+0015551234567",
  "\ud800",
  "\u200b",
  "\u202e",
  "../../etc/passwd",
  "x".repeat(4096),
  "1".repeat(4096),
  "nosuchnetwork:42",
];

/** What may be smuggled into an id: each makes it another text, and must never be dropped silently. */
const smuggled = [
  "\u200b",
  "\u200f",
  "\u202e",
  "\u2060",
  "\ufeff",
  "\u00ad",
  "\u0000",
  "\n",
  "\ud800",
  "\u0301",
  "\u00a0",
];

type ReadId = (entry: string) => Canonical;

export function networkConformance(options: NetworkConformanceOptions, runner: Runner): void {
  const { network, same, different, invalid, chats } = options;
  const cases: readonly Case<void>[] = [
    {
      id: "descriptor",
      promise: "the descriptor is complete, and its id keeps qualified ids of two networks apart",
      async run() {
        // Without a colon in it, the first colon of "telegram:42" always ends the network's name.
        assert.match(network.id, /^[a-z][a-z0-9-]*$/);
        assert.ok(network.label !== "" && network.senderIdLabel !== "");
        assert.ok(["groups", "guilds", "channels", "operator"].includes(network.layout));
        assert.equal(typeof network.canPair, "boolean");
        for (const id of network.sharedSenders) {
          assert.deepEqual(network.canonicalSender(id), { ok: true, id }, "shared senders are canonical");
        }
      },
    },
    ...idCases("sender", (entry) => network.canonicalSender(entry), { same, different, invalid }),
    ...idCases("chat", (entry) => network.canonicalChat(entry), chats ?? { same, different, invalid }),
  ];
  declareCases(`network conformance: ${network.id}`, cases, [], runner, (body) => body());
}

interface Examples {
  readonly same: readonly (readonly [string, string])[];
  readonly different: readonly (readonly [string, string])[];
  readonly invalid: readonly string[];
}

function idCases(
  kind: "sender" | "chat",
  read: ReadId,
  { same, different, invalid }: Examples,
): readonly Case<void>[] {
  const valid = [...same, ...different].flat();
  return [
    {
      id: `${kind}-same`,
      promise: "two spellings of one account give one id",
      async run() {
        assert.ok(same.length > 0, "Give at least one pair.");
        for (const [a, b] of same) assert.equal(idOf(read, a), idOf(read, b));
      },
    },
    {
      id: `${kind}-different`,
      promise: "two accounts never give one id, however alike they look",
      async run() {
        for (const [a, b] of different) assert.notEqual(idOf(read, a), idOf(read, b));
      },
    },
    {
      id: `${kind}-idempotent`,
      promise: "a canonical id is its own canonical id",
      async run() {
        for (const entry of valid) assert.equal(idOf(read, idOf(read, entry)), idOf(read, entry));
      },
    },
    {
      id: `${kind}-invalid`,
      promise: "what is no id is refused, with a remedy and without repeating it",
      async run() {
        for (const entry of [...nobody, ...invalid]) {
          const canonical = read(entry);
          assert.equal(canonical.ok, false, `${JSON.stringify(entry.slice(0, 40))} is no id`);
          assert.ok(!canonical.ok && canonical.message !== "" && canonical.hint !== "");
          // It can be a phone number, and messages end up in logs.
          assert.ok(entry.length < 6 || !canonical.message.includes(entry), "the message does not repeat it");
        }
        for (const value of [null, undefined, true, {}, [], Symbol("id")]) {
          assert.equal(read(value as unknown as string).ok, false, `${typeof value} is no id`);
        }
      },
    },
    {
      id: `${kind}-smuggling`,
      promise: "an invisible or foreign character in an id makes it no id, never another spelling of one",
      async run() {
        for (const entry of valid) {
          for (const character of smuggled) {
            for (let at = 0; at <= entry.length; at++) {
              const altered = entry.slice(0, at) + character + entry.slice(at);
              const canonical = read(altered);
              // White space around an entry may be dropped: it is no part of any id.
              const isTrimmed =
                canonical.ok && altered.trim() === entry && canonical.id === idOf(read, entry);
              assert.ok(!canonical.ok || isTrimmed, `${JSON.stringify(altered)} is no id`);
            }
          }
        }
      },
    },
    {
      id: `${kind}-mutation`,
      promise: "an id with one character changed, added or dropped is never the same account",
      async run() {
        for (const entry of valid) {
          const id = idOf(read, entry);
          for (const altered of mutations(id)) {
            const canonical = read(altered);
            if (!canonical.ok || canonical.id !== id) continue;
            // Letter case, and the signs people write between digits, are spelling; all else is another id.
            assert.equal(
              essence(altered),
              essence(id),
              `${JSON.stringify(altered)} is not ${JSON.stringify(id)}`,
            );
          }
        }
      },
    },
  ];
}

function* mutations(id: string): Generator<string> {
  for (let at = 0; at <= id.length; at++) {
    if (at < id.length) yield id.slice(0, at) + id.slice(at + 1);
    for (const character of "0 1a-A_.:;@+#/=") {
      yield id.slice(0, at) + character + id.slice(at);
      if (at < id.length) yield id.slice(0, at) + character + id.slice(at + 1);
    }
  }
}

function essence(id: string): string {
  return id.toLowerCase().replace(/[^a-z0-9]/g, "");
}

function idOf(read: ReadId, entry: string): string {
  const canonical = read(entry);
  assert.ok(canonical.ok, `${JSON.stringify(entry)} is an id`);
  return canonical.id;
}
