/** `clawdbot cron add` and `cron edit`: a job from flags. */
import type { JobRow } from "@clawd/tools";
import { type Arguments, UsageError } from "../cli.ts";
import { ask, idOf, shownAs, wholeNumber } from "./cron.ts";

export async function add(args: Arguments): Promise<number> {
  const { options } = args;
  const schedule = scheduleOf(options);
  const name = options["name"];
  if (typeof name !== "string" || schedule === undefined || typeof options["message"] !== "string")
    throw new UsageError(
      "A job needs a name, a schedule and a message.",
      'clawdbot cron add --name news --cron "0 8 * * *" --message "Read me the news."',
    );
  const job = { name, ...descriptionOf(options), schedule, payload: payloadOf(options) };
  const enabled = options["disabled"] === true ? { enabled: false } : {};
  return shownAs("Added", (await ask({ action: "add", job: { ...job, ...enabled } })) as JobRow, args);
}

export async function edit(args: Arguments): Promise<number> {
  const { options } = args;
  const schedule = scheduleOf(options);
  const payload = payloadOf(options);
  const patch = {
    ...(options["name"] !== undefined && { name: options["name"] }),
    ...descriptionOf(options),
    ...(schedule && { schedule }),
    ...(Object.keys(payload).length > 0 && { payload }),
  };
  const id = idOf(args, "edit");
  if (Object.keys(patch).length === 0)
    throw new UsageError("What is to change?", `clawdbot cron edit ${id} --help shows what can`);
  return shownAs("Changed", (await ask({ action: "edit", id, patch })) as JobRow, args);
}

type Options = Arguments["options"];

const descriptionOf = ({ description }: Options) => (description === undefined ? {} : { description });

function scheduleOf({ at, every, cron, tz }: Options): object | undefined {
  const named = [at, every, cron].filter((one) => one !== undefined);
  if (named.length > 1) throw new UsageError("One of --at, --every and --cron.", "leave the others out");
  if (tz !== undefined && cron === undefined)
    throw new UsageError("--tz is for --cron.", "write a time with its zone: --at 2026-03-01T08:00:00+01:00");
  if (typeof at === "string") return { kind: "at", atMs: timeFrom(at) };
  if (typeof every === "string") return { kind: "every", everyMs: durationFrom(every, "every") };
  if (typeof cron === "string") return { kind: "cron", expr: cron, ...(tz !== undefined && { tz }) };
  return undefined;
}

function payloadOf(options: Options): Readonly<Record<string, unknown>> {
  const timeoutSeconds = wholeNumber(options["timeout-seconds"], "timeout-seconds");
  const { message, to } = options;
  return {
    ...(message !== undefined && { message }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(options["no-deliver"] === true && { deliver: false }),
    ...(typeof to === "string" && addressFrom(to, options["account"])),
  };
}

/** `telegram:42`, `telegram:group:-1001`: the network, then the chat as the network names it. */
function addressFrom(text: string, account: Options[string]): object {
  const [, provider, to] = /^([a-z]+):(.+)$/s.exec(text) ?? [];
  if (provider === undefined || to === undefined)
    throw new UsageError(`No chat: ${text}`, "write telegram:42 or telegram:group:-1001");
  return { provider, to, ...(account !== undefined && { accountId: account }) };
}

const units: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

function durationFrom(text: string, name: string): number {
  const [, count, unit] = /^([1-9]\d{0,5})([smhdw])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined)
    throw new UsageError(`--${name} is no duration: ${text}`, "write 30m, 12h, 7d or 2w");
  return Number(count) * units[unit]!;
}

/** A moment with its zone, or how long from now. */
function timeFrom(text: string): number {
  if (/^\d+[smhdw]$/.test(text)) return Date.now() + durationFrom(text, "at");
  const at = Date.parse(text);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(at))
    throw new UsageError(`No time: ${text}`, "write 20m (from now), or 2026-03-01T08:00:00+01:00");
  return at;
}
