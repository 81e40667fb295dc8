/** INVARIANT: every small change of the cores and views is noticed, or is listed as one that changes no answer. */
import { expect, test } from "vitest";
import { equivalents } from "./equivalents.ts";
import { hunt, type Score } from "./generated.ts";
import { expectSection, grouped, table } from "./guarantees.ts";

const cores = [
  "core.ts",
  "tool-core.ts",
  "send-core.ts",
  "session-core.ts",
  "rights.ts",
  "strictest.ts",
  "meet-obligations.ts",
] as const;
const views = ["view.ts", "tool-view.ts", "standpoint.ts", "lookup.ts"] as const;

const scores: Score[] = [];

test.each([
  { what: "a core breaks a law", files: cores, nets: "laws" },
  { what: "a view is noticed in the small scope", files: views, nets: "small scope" },
] as const)("every change of $what", { timeout: 900_000 }, ({ files, nets }) => {
  const found = hunt(files, nets);
  expect(found.survivors).toEqual([]);
  expect(found.wrong).toEqual([]);
  scores.push(...found.scores);
});

test("the numbers and the list of changes that change nothing are those in docs/guarantees.md", () => {
  const total = (key: "made" | "noticed" | "equivalent") =>
    scores.reduce((sum, score) => sum + score[key], 0);
  expectSection("generated faults", [
    "## Every small change of a core or a view is noticed",
    "",
    "Each comparison turned round, each condition dropped or forced, each word exchanged for each other one of its type, one at a",
    "time in a copy of the engine. A core's must break a law; a view's must be noticed by a law, a table of examples or the small",
    "scope. What changes no answer is listed, with the reason (`packages/policy/proof/equivalents.ts`); two changes of a file that",
    "read alike are one line of the list.",
    "",
    `Changes: ${grouped(total("made"))}. Noticed: ${grouped(total("noticed"))}. Changing no answer: ${total("equivalent")}. Left over: 0.`,
    "",
    ...table(
      ["file", "changes", "noticed", "changing no answer"],
      scores.map(({ file, made, noticed, equivalent }) => [
        `\`${file}\``,
        grouped(made),
        grouped(noticed),
        String(equivalent),
      ]),
    ),
    "",
    ...table(
      ["in", "what changes no answer", "because"],
      equivalents.flatMap(({ file, to, why }) => to.map((line) => [`\`${file}\``, code(line), why])),
    ),
  ]);
});

/** In a table of Markdown; a template has quotes of code of its own. */
const code = (text: string): string => (text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``);
