/** What the analysis says of a config is what the decisions under it are: nothing is missing, and nothing is made up. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { check, questions, type AnalysisQuestion } from "./analysis-check.ts";
import { partsIn } from "./analysis-parts.ts";
import { expectSection, grouped, table } from "./guarantees.ts";

const parts = await partsIn(fileURLToPath(new URL("../src", import.meta.url)));

const said: Readonly<
  Record<
    AnalysisQuestion,
    { readonly tiny: number; readonly small: number; readonly question: string; readonly counted: string }
  >
> = {
  diff: {
    tiny: 2150,
    small: 40,
    question:
      "`diff`: exactly the requests that another config answers otherwise are in its changes, each in one",
    counted: "answers that change",
  },
  reach: {
    tiny: 2050,
    small: 40,
    question:
      "`reach`: exactly those reach something whose chain of requests is allowed; a sub-agent reaches no capability that its run has not",
    counted: "capabilities reached",
  },
  dead: {
    tiny: 210,
    small: 3,
    question:
      "`lint`: an entry is reported as dead exactly where the config without it answers nothing otherwise",
    counted: "dead entries",
  },
  coverage: {
    tiny: 205,
    small: 3,
    question: "`coverage`: exactly the rules that decide something have a witness",
    counted: "rules that decide nothing",
  },
};

interface Total {
  configs: number;
  requests: number;
  changed: number;
}

const totals = new Map<AnalysisQuestion, Total>();

test.each(questions)(
  "%s is what the decisions say, in configs by chance",
  { timeout: 600_000 },
  (question) => {
    const total: Total = { configs: 0, requests: 0, changed: 0 };
    for (const size of ["tiny", "small"] as const)
      for (let seed = 0; seed < said[question][size]; seed++) {
        const found = check(parts, question, seed, size);
        if (found === null) continue;
        expect(found.wrong, `${size} seed ${seed}`).toBeNull();
        total.configs++;
        total.requests += found.requests;
        total.changed += found.changed;
      }
    totals.set(question, total);
  },
);

test("the numbers in the file are those of this run", () => {
  expectSection("analysis", [
    "## Questions about a whole config are answered exactly",
    "",
    "`packages/policy/src/analysis` asks no request of its own: it groups all requests there are by what the rules can tell",
    "apart, and asks one of each. In small configs by chance, with every key there is, its answers are compared with decisions",
    "about concrete people, chats, tools and states, some of whom no config names (`packages/policy/proof/analysis.test.ts`). Most",
    "of the configs know one network or two, some all five. Disagreements: 0.",
    "",
    ...table(
      ["question", "configs", "requests decided", "found"],
      questions.map((question) => {
        const { configs, requests, changed } = totals.get(question)!;
        const { question: asked, counted } = said[question];
        return [asked, grouped(configs), grouped(requests), `${grouped(changed)} ${counted}`];
      }),
    ),
  ]);
});
