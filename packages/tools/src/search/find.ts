import { z } from "zod";
import { PatternProblem } from "../pattern/regular-expression.ts";
import { definePlaceTool } from "../place-tool.ts";
import { answer, failure } from "../tool.ts";
import { fileFilter } from "./grep.ts";
import { shownList, shownPath } from "./shown.ts";
import { searchBudget, walkFiles } from "./walk-files.ts";

export const find = definePlaceTool({
  name: "find",
  description:
    "Find files and directories by a glob such as *.ts or src/**/*.test.ts. Without a slash it is held against names, with one against paths from where the search begins. Leaves out what .gitignore names.",
  parameters: z.strictObject({
    pattern: z.string().min(1).max(500),
    path: z.string().default(".").describe("Directory to search. Absent: the working directory."),
    limit: z.int().min(1).max(10_000).default(1_000),
  }),
  async run({ pattern, path, limit }, place, { clock }, signal) {
    const takes = fileFilter(pattern);
    if (takes instanceof PatternProblem) return failure(takes.message, { code: "pattern" });
    const budget = searchBudget(clock);
    const found: string[] = [];
    let isCut = false;
    for await (const file of walkFiles(place, path, budget, signal)) {
      if (!takes(file)) continue;
      if (found.length === limit) {
        isCut = true;
        break;
      }
      found.push(`${shownPath(file.path)}${file.kind === "directory" ? "/" : ""}`);
    }
    const notes = [
      ...(isCut ? [`${limit} results are the limit: narrow the search, or raise it.`] : []),
      ...(budget.isOver ? ["The search was ended before everything was looked at: narrow it."] : []),
    ];
    return answer(shownList(found.length > 0 ? found : ["No files found"], notes), {
      results: found.length,
      isCut,
    });
  },
});
