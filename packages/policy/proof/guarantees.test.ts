/** docs/guarantees.md says what the proofs found, and nothing else. */
import { expect, test } from "vitest";
import { domains, domainSize } from "./domain.ts";
import { expectSection, grouped, readGuarantees, table } from "./guarantees.ts";
import { laws } from "./laws.ts";

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
    "requests, and carried over to all names by renaming. That these checks can fail is shown by putting known faults back.",
    "",
    "Not proved here: that providers report true facts, that the gateway does what a decision says, and that the sandbox holds.",
  ]);
});

test("the laws in the file are the laws that are checked", () => {
  expectSection("laws", [
    "## Laws that hold for every record of facts",
    "",
    `Records of facts: ${grouped(domainSize)}, in ${domains.length} domains, none left out. Laws: ${laws.length}. Violations: 0`,
    "(`packages/policy/proof/core-laws.test.ts`).",
    "",
    ...table(
      ["law", "forbids"],
      laws.map(({ name, forbids }) => [name, forbids.replace(internalNumbers, "")]),
    ),
  ]);
});

test("nothing else is in the file", () => {
  const { whole, fromSections } = readGuarantees();
  expect(whole).toBe(fromSections);
});
