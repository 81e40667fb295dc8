/** `clawdbot policy decide` and `policy explain`: the policy that the gateway would have, asked from outside. */
import type { Policy } from "@clawd/policy";
import { explain as explainDecision, requestFromWords } from "@clawd/policy/analysis";
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
  const read = requestFromWords(options);
  if (!read.ok) throw new UsageError(read.message, read.hint);
  return read.request;
}
