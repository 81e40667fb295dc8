/** Each test of the network suite can fail: a descriptor that takes one for another is caught by the test of that fault. */
import { networkConformance, type Runner } from "@clawd/provider-kit/conformance";
import type { Canonical, Network } from "@clawd/provider-kit";
import { expect, test } from "vitest";
import { network } from "./example/src/network.ts";

type Read = (entry: string) => Canonical;

const canonicalSender: Read = (entry) => network.canonicalSender(entry);
const accept = (id: string): Canonical => ({ ok: true, id });

const mutants: readonly (readonly [caughtBy: string, does: string, mutant: Partial<Network>])[] = [
  ["descriptor", "has a colon in its id", { id: "example:sub" }],
  ["descriptor", "lists shared senders that are not canonical", { sharedSenders: ["example:7"] }],
  [
    "sender-same",
    "keeps a prefix",
    sender((entry) => (entry.includes(":") ? accept(entry) : canonicalSender(entry))),
  ],
  [
    "sender-different",
    "compares the first digits only",
    sender((entry) => shortened(canonicalSender(entry))),
  ],
  [
    "sender-idempotent",
    "changes what is canonical already",
    sender((entry) => lengthened(canonicalSender(entry))),
  ],
  ["sender-invalid", "takes every text for an id", sender(accept)],
  ["sender-invalid", "makes a number of everything that has digits", sender(digitsOnly)],
  [
    "sender-invalid",
    "reads __proto__ from a table",
    sender((entry) => (entry in {} ? accept(entry) : canonicalSender(entry))),
  ],
  ["sender-invalid", "throws on a value that is no text", sender((entry) => canonicalSender(entry.trim()))],
  [
    "sender-invalid",
    "repeats the entry",
    sender((entry) => {
      const read = canonicalSender(entry);
      return read.ok ? read : { ...read, message: `"${entry}" is no id.` };
    }),
  ],
  ["sender-smuggling", "drops invisible characters", sender((entry) => canonicalSender(visible(entry)))],
  [
    "sender-mutation",
    "drops leading zeros",
    sender((entry) => canonicalSender(text(entry).replace(/^0+/, ""))),
  ],
  [
    "chat-invalid",
    "takes people for chats",
    { canonicalChat: (entry) => canonicalSender(text(entry).replace("g", "")) },
  ],
];

function sender(read: Read): Partial<Network> {
  return { canonicalSender: read };
}

function text(entry: unknown): string {
  return typeof entry === "string" ? entry : "";
}

function shortened(read: Canonical): Canonical {
  return read.ok ? accept(read.id.slice(0, 2)) : read;
}

function lengthened(read: Canonical): Canonical {
  return read.ok ? accept(`${read.id}0`) : read;
}

function digitsOnly(entry: string): Canonical {
  return canonicalSender(text(entry).replace(/[^0-9]/g, ""));
}

function visible(entry: string): string {
  return text(entry).replace(/[\u200b-\u200f\u2060]/g, "");
}

function suiteOver(mutant: Partial<Network>): ReadonlyMap<string, () => Promise<void>> {
  const cases = new Map<string, () => Promise<void>>();
  const declare = (title: string, body: () => Promise<void>) => void cases.set(title.split(":")[0]!, body);
  const runner: Runner = {
    describe: (_name, body) => body(),
    test: Object.assign(declare, { skip: () => {} }),
  };
  networkConformance(
    {
      network: { ...network, ...mutant },
      same: [["42", "example:42"]],
      different: [["42", "420"]],
      invalid: ["alice", "g77", "telegram:42", "-42", "+15551234567"],
      chats: { same: [["g77", "example:g77"]], different: [["g77", "g770"]], invalid: ["77", "Family"] },
    },
    runner,
  );
  return cases;
}

test.each(mutants)("%s catches a network that %s", async (caughtBy, _does, mutant) => {
  await suiteOver({}).get(caughtBy)!();
  await expect(suiteOver(mutant).get(caughtBy)!()).rejects.toThrow();
});
