/** What an owner approves with a call: the files as they are that the call would give away. */
import type { Place } from "@clawd/sandbox";
import { expect, test } from "vitest";
import { boundToFiles } from "./bound-to-files.ts";
import type { PlacedCall, ToolExecutor } from "../calls/tool-call.ts";

/** The fingerprint of a call while the file has this version. */
async function fingerprint(name: string, input: object, version: string): Promise<unknown> {
  const read = () => Promise.resolve({ stat: { version }, bytes: new Uint8Array() });
  const place = { files: { read } } as unknown as Place;
  const executor: ToolExecutor = {
    name,
    description: "",
    inputSchema: {},
    run: () => Promise.resolve({ content: [], isError: false }),
  };
  const call = { input, asTool: () => call } as unknown as PlacedCall;
  const places = { enter: () => Promise.resolve({ place, release() {} }) };
  return boundToFiles(executor, places).fingerprint?.(call);
}

test.each([
  ["message", { media: "a.png" }],
  ["message", { media: ["a.png", "b.png"] }],
  ["image", { image: "a.png" }],
  ["browser", { action: "upload", paths: "a.png" }],
  ["browser", { action: "upload", paths: ["a.png"] }],
])("a call of %s is another one when a file of it changed (%j)", async (name, input) => {
  const before = await fingerprint(name, input, "1");
  expect(before).toBeDefined();
  expect(await fingerprint(name, input, "1")).toEqual(before);
  expect(await fingerprint(name, input, "2")).not.toEqual(before);
});

test("a call that names no file is not", async () => {
  expect(await fingerprint("browser", { action: "snapshot" }, "1")).toEqual("[]");
  expect(await fingerprint("bash", { command: "cat a.png" }, "1")).toBeUndefined();
});
