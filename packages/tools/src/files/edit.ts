import { z } from "zod";
import { definePlaceTool } from "../place-tool.ts";
import { answer, failure } from "../tool.ts";
import { lineDiff } from "./line-diff.ts";
import { type Replaced, replaceOnce } from "./replace-once.ts";
import { encodeText, isCrlf, readTextFile } from "./text-file.ts";

export const edit = definePlaceTool({
  name: "edit",
  description:
    "Replace a text in a file. `oldText` must be exactly what is there, whitespace too, and must occur once: add lines around it until it does.",
  parameters: z.strictObject({
    path: z.string().min(1),
    oldText: z.string().min(1),
    newText: z.string(),
  }),
  async run({ path, oldText, newText }, place) {
    const file = await readTextFile(place.files, path);
    const replaced = replaceInFile(file.text, oldText, newText);
    if (!("text" in replaced))
      return failure(`${problemText(replaced)} Nothing was changed.`, { code: replaced.problem });
    const bytes = encodeText(replaced.text, file.hasMark);
    const { version } = await place.files.write(path, bytes, { version: file.version });
    return answer(`Replaced the text in ${path}`, { diff: lineDiff(file.text, replaced.text), version });
  },
});

/** In a file of CRLF lines a model's line breaks are CRLF, however it wrote them. In any other the text is taken as written. */
function replaceInFile(text: string, oldText: string, newText: string): Replaced {
  if (!isCrlf(text)) return replaceOnce(text, oldText, newText);
  const toLf = (each: string) => each.replaceAll("\r\n", "\n");
  const replaced = replaceOnce(toLf(text), toLf(oldText), toLf(newText));
  return "text" in replaced ? { text: replaced.text.replaceAll("\n", "\r\n") } : replaced;
}

function problemText(problem: Exclude<Replaced, { text: string }>): string {
  if (problem.problem === "missing")
    return "The old text is not in the file: it has to be the same in every character.";
  if (problem.problem === "same") return "The new text is the same as the old one: no change.";
  return `The old text occurs ${problem.count} times${problem.count === 100 ? " or more" : ""} and must be unique: add lines around it.`;
}
