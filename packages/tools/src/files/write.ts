import { z } from "zod";
import { definePlaceTool } from "../place-tool.ts";
import { answer } from "../tool.ts";

export const write = definePlaceTool({
  name: "write",
  description: "Write a file, with missing directories. What was in it before is replaced.",
  parameters: z.strictObject({ path: z.string().min(1), content: z.string() }),
  async run({ path, content }, place) {
    const bytes = Buffer.from(content);
    const { version } = await place.files.write(path, bytes);
    return answer(`Successfully wrote ${bytes.length} bytes to ${path}`, { bytes: bytes.length, version });
  },
});
