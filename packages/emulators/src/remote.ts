/** The control of an emulator, for a test in the same process and over HTTP for one in another. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { messageOf } from "@clawd/kernel";
import { readBody, sendJson } from "./listen.ts";

/** What a control offers when it is called over HTTP: the same functions, each answering later. */
export type Remote<Control> = {
  readonly [
    Name in keyof Control as Control[Name] extends (...parameters: never[]) => unknown ? Name : never
  ]: Control[Name] extends (...parameters: infer Parameters) => infer Result
    ? (...parameters: Parameters) => Promise<Awaited<Result>>
    : never;
};

const prefix = "/_control/";
const largestBody = 64 * 1024 * 1024;

/** Calls `POST <url>/_control/<name>` with the arguments as a JSON array. @throws Error with the emulator's message. */
export function connectControl<Control extends object>(url: string): Remote<Control> {
  const call = async (name: string, parameters: readonly unknown[]): Promise<unknown> => {
    const response = await fetch(`${url}${prefix}${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(parameters),
    });
    const body = (await response.json()) as { result?: unknown; error?: string };
    if (!response.ok) throw new Error(body.error ?? `control answered ${response.status}`);
    return body.result;
  };
  return new Proxy({} as Remote<Control>, {
    // "then" must be absent, or awaiting the control would call it.
    get: (_, name) =>
      typeof name === "symbol" || name === "then"
        ? undefined
        : (...parameters: unknown[]) => call(name, parameters),
  });
}

/** Serves a control's own functions under `/_control/`, the body being one argument or an array of them; false when the request is not for it. */
export async function serveControl(
  control: object,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const path = (request.url ?? "").split("?")[0]!;
  if (!path.startsWith(prefix)) return false;
  const name = path.slice(prefix.length);
  const operation = Object.hasOwn(control, name) ? (control as Record<string, unknown>)[name] : undefined;
  if (typeof operation !== "function") {
    sendJson(response, 404, { error: `no control named ${JSON.stringify(name)}` });
    return true;
  }
  try {
    const body = await readBody(request, largestBody);
    const given: unknown = body === undefined || body.length === 0 ? [] : JSON.parse(String(body));
    const parameters: unknown[] = Array.isArray(given) ? given : [given];
    const result: unknown = await (operation as (...parameters: unknown[]) => unknown)(...parameters);
    sendJson(response, 200, { result: result ?? null });
  } catch (fault) {
    sendJson(response, 400, { error: messageOf(fault) });
  }
  return true;
}
