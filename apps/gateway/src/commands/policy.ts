/** `clawdbot policy decide` and `policy explain`: the policy that the gateway would have, asked from outside. */
import type { Policy } from "@clawd/policy";
import { explain as explainDecision } from "@clawd/policy/analysis";
import { createInterface } from "node:readline";
import { type Arguments, print, printError, printJson, UsageError } from "../cli.ts";
import { loadOrExplain } from "../load.ts";
import { pathsFrom } from "../paths.ts";
import { policyOf } from "../policy-of.ts";
import { stateReader } from "../state-reader.ts";

/** One decision a line, in the order of the requests. A line that is no request is denied like any other bad request. */
export async function decide(): Promise<number> {
  const policy = await loadPolicy();
  if (policy === undefined) return 1;
  const state = stateReader(printError);
  const lines: string[] = [];
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === "") continue;
    const request = parse(line);
    const { trace: _trace, ...decision } = policy.decide(request, state(request));
    lines.push(JSON.stringify(decision));
    if (lines.length < 1000) continue;
    print(lines.join("\n"));
    lines.length = 0;
  }
  if (lines.length > 0) print(lines.join("\n"));
  return 0;
}

export async function explain({ options }: Arguments): Promise<number> {
  const policy = await loadPolicy();
  if (policy === undefined) return 1;
  const request = Object.keys(options).some((name) => name !== "json")
    ? requestFrom(options)
    : await requestFromInput();
  const explanation = explainDecision(policy, request, stateReader(printError)(request));
  if (options["json"] === true) printJson(explanation);
  else print(explanation.lines.join("\n"));
  return 0;
}

async function loadPolicy(): Promise<Policy | undefined> {
  const loaded = await loadOrExplain(pathsFrom(process.env).config);
  return loaded && policyOf(loaded);
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function requestFromInput(): Promise<unknown> {
  let text = "";
  for await (const chunk of process.stdin.setEncoding("utf8")) text += String(chunk);
  const request = parse(text);
  if (request === undefined)
    throw new UsageError(
      "There is no request.",
      "give flags (--provider telegram --sender 42), or one JSON document on stdin",
    );
  return request;
}

function requestFrom(options: Arguments["options"]): unknown {
  const text = (name: string) => (typeof options[name] === "string" ? options[name] : null);
  const sender = text("sender");
  if (text("provider") === null || sender === null)
    throw new UsageError(
      "A request needs a provider and a sender.",
      "clawdbot policy explain --provider telegram --sender 42",
    );
  const origin = {
    provider: text("provider"),
    account: text("account") ?? "default",
    chat: {
      ...chatFrom(text("chat") ?? "dm", sender),
      thread: text("thread"),
      guild: text("guild"),
      team: text("team"),
    },
    sender: { id: sender, isBot: false, isSelf: false },
  };
  if (["tool", "to", "session", "spawn"].some((name) => text(name) !== null))
    return { ...origin, ...runFrom(options, text) };
  return {
    action: "message",
    ...origin,
    ...(text("event") === null ? {} : { event: text("event") }),
    mentioned: options["mentioned"] === true,
    mentionDetectable: options["mention-undetectable"] !== true,
    mentionsOthers: false,
    command: text("command"),
  };
}

function chatFrom(written: string, sender: string) {
  const [kind = "", ...rest] = written.split(":");
  const id = kind === "dm" && rest.length === 0 ? sender : rest.join(":");
  if (!["dm", "group", "channel"].includes(kind) || id === "")
    throw new UsageError(`No chat: ${written}`, "write dm, group:ID or channel:ID");
  return { kind, id };
}

/** What a run of the sender asks for: a tool, a chat to write to, a session, or an agent to work for it. */
function runFrom(options: Arguments["options"], text: (name: string) => string | null) {
  const agent = text("agent") ?? "main";
  const [tool, to, session, spawn] = [text("tool"), text("to"), text("session"), text("spawn")];
  const run = { agent, ...(text("run") === null ? {} : { run: text("run") }), model: text("model") };
  if (tool !== null) return { ...run, action: "tool", tool, elevated: options["elevated"] === true };
  if (session !== null) return { ...run, action: "session", operation: text("operation") ?? "read", session };
  if (spawn !== null) return { ...run, action: "session", operation: "spawn", target: spawn };
  const [provider = "", ...chat] = (to ?? "").split(":");
  if (provider === "" || chat.length < 2)
    throw new UsageError(
      `Nowhere to send to: ${to}`,
      "write --to telegram:dm:42 or --to telegram:group:-1001",
    );
  return { ...run, action: "send", to: { provider, chat: chatFrom(chat.join(":"), "") } };
}
