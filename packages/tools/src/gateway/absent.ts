/** Names that lists may hold and that need a device: without a paired one each says so. */
import { z } from "zod";
import { defineTool, failure, type Tool } from "../tool.ts";

const absent = (name: string, description: string): Tool<unknown> =>
  defineTool({
    name,
    description,
    parameters: z.looseObject({}),
    run: () => Promise.resolve(failure("There is no paired node.", { code: "no-paired-node" })),
  });

export const absentTools: readonly Tool<unknown>[] = [
  absent("canvas", "Shows something on a paired device. None is paired."),
  absent("nodes", "Works with paired devices. None is paired."),
];
