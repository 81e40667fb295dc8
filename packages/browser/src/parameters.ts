/** What a model can say to `browser`. Where the browser is and how it is reached is none of it: an unknown key is refused. */
import { z } from "zod";

const actions = [
  "status",
  "start",
  "stop",
  "tabs",
  "open",
  "focus",
  "close",
  "snapshot",
  "screenshot",
  "navigate",
  "console",
  "pdf",
  "upload",
  "dialog",
  "act",
] as const;

const kinds = [
  "click",
  "type",
  "press",
  "hover",
  "drag",
  "select",
  "fill",
  "resize",
  "wait",
  "evaluate",
  "close",
] as const;

/** As snapshots give them. Nothing else comes near a selector. */
const ref = z.string().regex(/^(?:f\d{1,5})?e\d{1,7}$/, "is no ref of a snapshot, such as e12");
const targetId = z.string().min(1).max(20).optional().describe("A tab of `tabs`; absent: the one in front.");
const longText = z.string().max(100_000);

const request = z.strictObject({
  kind: z.enum(kinds),
  ref: ref.optional().describe("click, type, hover, select, evaluate: the element, of the last snapshot."),
  text: longText.optional().describe("type: what to type. wait: text to appear."),
  submit: z.boolean().optional().describe("type: press Enter afterwards."),
  slowly: z.boolean().optional().describe("type: key by key, instead of filling in."),
  doubleClick: z.boolean().optional(),
  button: z.enum(["left", "right", "middle"]).optional(),
  modifiers: z
    .array(z.enum(["Alt", "Control", "ControlOrMeta", "Meta", "Shift"]))
    .max(4)
    .optional(),
  key: z.string().min(1).max(40).optional().describe("press: Enter, ArrowDown, Control+a, …"),
  startRef: ref.optional().describe("drag: from here."),
  endRef: ref.optional().describe("drag: to here."),
  values: z.array(z.string().max(1000)).max(100).optional().describe("select: the options."),
  fields: z
    .array(z.strictObject({ ref, value: z.union([longText, z.number(), z.boolean()]) }))
    .min(1)
    .max(100)
    .optional()
    .describe("fill: each with its ref; true and false for boxes."),
  width: z.int().min(200).max(4000).optional().describe("resize"),
  height: z.int().min(200).max(4000).optional().describe("resize"),
  timeMs: z.number().min(0).max(60_000).optional().describe("wait: so long."),
  textGone: longText.optional().describe("wait: text to disappear."),
  fn: longText
    .optional()
    .describe("evaluate: a JavaScript expression or function; with `ref` it gets the element."),
});

export const parameters = z.strictObject({
  action: z.enum(actions),
  targetId,
  targetUrl: z.string().max(8192).optional().describe("open, navigate: an http or https address."),
  timeoutMs: z.number().optional().describe("500 to 60000; default 8000, for navigate and open 20000."),
  format: z
    .enum(["ai", "aria"])
    .optional()
    .describe("snapshot: ai (default) has refs for act; aria is a plain outline."),
  limit: z.int().min(1).max(2000).optional().describe("snapshot: lines of aria; default 500."),
  fullPage: z.boolean().optional().describe("screenshot"),
  ref: ref.optional().describe("screenshot, upload: an element of the last snapshot."),
  element: z.string().min(1).max(500).optional().describe("screenshot, upload: a CSS selector."),
  type: z.enum(["png", "jpeg"]).optional().describe("screenshot"),
  level: z
    .enum(["error", "warning", "info", "debug"])
    .optional()
    .describe("console: this and what is worse."),
  paths: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1).max(10)])
    .optional()
    .describe("upload: files as `read` would read them."),
  inputRef: ref
    .optional()
    .describe("upload: the file input. Without it the files go to the next file chooser."),
  accept: z.boolean().optional().describe("dialog: how the next dialog is answered."),
  promptText: z.string().max(2000).optional().describe("dialog: what is written into it."),
  request: request.optional().describe("act"),
});

export type BrowserInput = z.output<typeof parameters>;
export type ActRequest = z.output<typeof request>;
