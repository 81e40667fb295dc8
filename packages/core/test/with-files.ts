/** Roads with files: a provider that has some, a model that uses tools, and pictures. */
import type { ModelEvent } from "@clawd/agent";
import { scriptedModel, type ScriptedModel } from "@clawd/agent/testing";
import { anEvent, type EventOverrides } from "@clawd/provider-kit/testing";
import type { Attachment, FetchedFile } from "@clawd/provider-kit";
import type { ToolExecutor } from "../src/index.ts";

export const png = Buffer.concat([
  Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"),
  Buffer.from([0, 0, 0, 2, 0, 0, 0, 3]),
  Buffer.alloc(20, 7),
]);

export const friends = { example: { dmPolicy: "allowlist", allowFrom: ["42"] } };

export const attachment = (parts: Partial<Attachment> = {}): Attachment => ({
  kind: "image",
  reference: "ref-1",
  name: "cat.png",
  mimeType: "image/png",
  size: null,
  ...parts,
});

let count = 0;
export const message = (overrides: EventOverrides = {}) =>
  anEvent({ eventId: `file-event-${++count}`, attachments: [attachment()], ...overrides });

export const gives =
  (bytes: Uint8Array, parts: Partial<FetchedFile> = {}) =>
  (): Promise<FetchedFile> =>
    Promise.resolve({ bytes, mimeType: null, name: null, ...parts });

/** Tools by name that do nothing, so that a run has them. */
export const idle = (...names: readonly string[]): ToolExecutor[] =>
  names.map((name) => ({
    name,
    description: name,
    inputSchema: { type: "object" },
    run: () => Promise.resolve({ content: [{ type: "text", text: "done" }], isError: false }),
  }));

const usage = { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 };

/** Makes the calls at once, one round each, and then says "done". */
export const calling = (...calls: readonly (readonly [name: string, input: unknown])[]): ScriptedModel =>
  scriptedModel(
    ...calls.map(([name, input], index): readonly ModelEvent[] => [
      { type: "tool-call", id: `call-${index}`, name, input },
      { type: "stop", reason: "tool-calls", usage },
    ]),
    "done",
  );

/** What the calls were answered with. */
export const resultsOf = (model: ScriptedModel): readonly string[] =>
  (model.requests.at(-1)?.messages ?? [])
    .flatMap(({ content }) => content)
    .flatMap((block) => (block.type === "tool-result" ? [block.text] : []));

/** Until it holds: files are on a real disk, which takes its time. */
export async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; !holds(); turn++) {
    if (turn > 8000) throw new Error("It did not come to hold.");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
