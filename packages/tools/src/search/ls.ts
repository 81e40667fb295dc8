import { z } from "zod";
import { definePlaceTool } from "../place-tool.ts";
import { answer } from "../tool.ts";
import { shownList, shownPath } from "./shown.ts";

const marks = { directory: "/", link: "@", file: "", other: "=" } as const;

export const ls = definePlaceTool({
  name: "ls",
  description:
    "List a directory, hidden files too, in the order of names: `/` after directories, `@` after links.",
  parameters: z.strictObject({
    path: z.string().default(".").describe("Absent: the working directory."),
    limit: z.int().min(1).max(10_000).default(500),
  }),
  async run({ path, limit }, place) {
    const { entries, isCut } = await place.files.list(path, limit);
    const names = entries.map(({ name, kind }) => `${shownPath(name)}${marks[kind]}`);
    const notes = isCut ? [`There are more than ${limit} entries: raise the limit, or use find.`] : [];
    return answer(shownList(names.length > 0 ? names : ["(empty directory)"], notes), {
      entries: entries.length,
      isCut,
    });
  },
});
