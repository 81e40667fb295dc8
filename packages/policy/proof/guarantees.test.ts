/** docs/guarantees.md says what the proofs found, and nothing else. */
import { expect, test } from "vitest";
import { sendDomain, sessionDomain, toolDomain } from "../src/tool-facts.ts";
import { domains, sizeOf, type Domain } from "./domain.ts";
import { expectSection, grouped, readGuarantees, table } from "./guarantees.ts";
import { laws } from "./laws.ts";
import { deprivedDomain, rightsLaws } from "./rights-laws.ts";
import { sendLaws } from "./send-laws.ts";
import { sessionLaws } from "./session-laws.ts";
import { meetLaws, representatives } from "./strictest-laws.ts";
import { toolLaws } from "./tool-laws.ts";

/** Numbers of a list that readers of the file do not have. */
const internalNumbers = / \((?:[UT]-[A-Z]?\d+(?:, )?)+\)/g;

test("the introduction says how the file is made", () => {
  expectSection("introduction", [
    "# What is proved of the access decision",
    "",
    "This file is written by the proofs of `@clawd/policy` and compared with their results in every test run, so each number is",
    "one that was counted. A run with `CLAWD_WRITE_GUARANTEES=1` and `--no-file-parallelism` writes it again.",
    "",
    "The engine decides in two steps. `view` turns a request into facts by look-ups and comparisons of ids alone; `core` turns",
    "facts, which are finitely many, into a decision. The laws are checked on every record of facts there is. That the facts",
    "are the right ones is checked against an independent reading of the documents, over full products of small configs and",
    "requests, and carried over to all names by renaming. That these checks can fail is shown by putting known faults back, and by",
    "every small change of the cores and views.",
    "",
    "Not proved here: that providers report true facts, that the gateway does what a decision says, and that the sandbox holds.",
  ]);
});

interface LawsOfOne {
  readonly what: string;
  /** What each law is checked on, counted. */
  readonly asked: string;
  readonly laws: readonly { readonly name: string; readonly forbids: string }[];
  /** The test that checks them. */
  readonly test: string;
}

const records = (of: readonly Domain[]) =>
  `${grouped(of.map(sizeOf).reduce((a, b) => a + b))} records of facts`;
const meets = representatives.length ** 2 + representatives.length ** 3;

const everyCore: readonly LawsOfOne[] = [
  {
    what: "Messages",
    asked: `${records(domains)}, in ${domains.length} domains`,
    laws,
    test: "core-laws",
  },
  { what: "Calls of tools, and places", asked: records([toolDomain]), laws: toolLaws, test: "tool-laws" },
  { what: "Sendings", asked: records([sendDomain]), laws: sendLaws, test: "run-laws" },
  { what: "Sessions and spawns", asked: records([sessionDomain]), laws: sessionLaws, test: "run-laws" },
  {
    what: "What a profile of rights takes from a message",
    asked: records([deprivedDomain]),
    laws: rightsLaws,
    test: "rights-laws",
  },
  {
    what: "Several people, and several runs: the meet of decisions",
    asked: `${grouped(meets)} pairs and triples of ${representatives.length} decisions, one of every kind`,
    laws: meetLaws,
    test: "strictest-laws",
  },
];

test("the laws in the file are the laws that are checked", () => {
  const count = everyCore.reduce((sum, each) => sum + each.laws.length, 0);
  expectSection("laws", [
    "## Laws that hold for every record of facts",
    "",
    `Laws: ${count}. Violations: 0. No record is left out. Beside them, of every domain of facts: a word from outside it, in any of`,
    "its fields, grants nothing that no word inside grants (unknown-enum-denies: a value that nobody thought of, read as",
    "permission), and every answer that the engine has is one that it gives.",
    ...everyCore.flatMap(({ what, asked, laws: checked, test: file }) => [
      "",
      `### ${what}`,
      "",
      `${asked}; ${checked.length} laws (\`packages/policy/proof/${file}.test.ts\`).`,
      "",
      ...table(
        ["law", "forbids"],
        checked.map(({ name, forbids }) => [name, forbids.replace(internalNumbers, "")]),
      ),
    ]),
  ]);
});

test("nothing else is in the file", () => {
  const { whole, fromSections } = readGuarantees();
  expect(whole).toBe(fromSections);
});
