import type { Place } from "@clawd/sandbox";
import { z } from "zod";
import { definePlaceTool } from "../place-tool.ts";
import { answer, failure, type ToolAnswer } from "../tool.ts";
import { imageSize, imageType, namedImageType } from "./image.ts";
import { type Page, readPage } from "./page.ts";

/** What a model takes in one picture. */
const largestImage = { bytes: 5_242_880, side: 8_000 };

export const read = definePlaceTool({
  name: "read",
  description:
    "Read a text file, at most 2000 lines or 50 KB at once: go on with `offset`. Pictures (jpg, png, gif, webp) are shown.",
  parameters: z.strictObject({
    path: z.string().min(1),
    offset: z.int().min(1).default(1).describe("Line to begin with, from 1."),
    limit: z.int().min(1).optional().describe("Lines, at most."),
  }),
  async run({ path, offset, limit }, place, _, signal) {
    const start = await place.files.read(path, { offset: 0, maxBytes: 8_192 });
    const type = imageType(start.bytes);
    if (type !== undefined) return readImage(place, path, type);
    const named = namedImageType(path);
    if (named !== undefined)
      return failure(
        start.bytes.length === 0
          ? "The picture is empty."
          : `The file is no ${named}, although its name says so.`,
      );
    if (start.bytes.includes(0))
      return failure(`This is no text file (${start.stat.size} bytes): look at it with a command.`);
    return shownPage(await readPage(place.files, path, offset, limit, signal), offset);
  },
});

async function readImage(place: Place, path: string, mediaType: string): Promise<ToolAnswer> {
  const { bytes, stat } = await place.files.read(path, { offset: 0, maxBytes: largestImage.bytes + 1 });
  if (bytes.length > largestImage.bytes)
    return failure(
      `The picture is too large to be shown (${stat.size} bytes, at most ${largestImage.bytes}): make it smaller with a command.`,
    );
  const size = imageSize(bytes, mediaType);
  if (size !== undefined && Math.max(size.width, size.height) > largestImage.side)
    return failure(
      `The picture is too large to be shown (${size.width} × ${size.height}, at most ${largestImage.side} a side): make it smaller with a command.`,
    );
  return {
    content: [
      { type: "text", text: `Read image file [${mediaType}]` },
      { type: "image", mediaType, bytes },
    ],
    isError: false,
    details: { mediaType, ...size },
  };
}

function shownPage(page: Page, offset: number): ToolAnswer {
  if (page.isBeyond)
    return failure(`Line ${offset} is beyond the end of the file, which has ${page.lines} lines.`, {
      lines: page.lines,
    });
  if (page.last < offset) return answer("(empty file)", { from: 1, to: 0 });
  const notes = [
    ...(page.isLineCut
      ? [`Line ${page.last} is longer than 50 KB and is cut: see the rest with a command.`]
      : []),
    ...(page.next !== null ? [`There is more: go on with offset=${page.next}.`] : []),
  ];
  const text = notes.length === 0 ? page.text : `${page.text}\n\n[${notes.join(" ")}]`;
  return answer(text, { from: offset, to: page.last, next: page.next });
}
