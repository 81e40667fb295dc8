/** `clawdbot sessions list` and `sessions show <key>`. */
import { openSessionsReader } from "@clawd/sessions";
import { type Arguments, print, printError, printJson, UsageError } from "../cli.ts";
import { pathsFrom } from "../paths.ts";

export function list({ options }: Arguments): number {
  const sessions = openSessionsReader({ stateDir: pathsFrom(process.env).stateDir }).list();
  if (options["json"] === true) printJson({ sessions });
  else if (sessions.length === 0) printError("There are no conversations yet.");
  else for (const { key, updatedAt } of sessions) print(`${new Date(updatedAt).toISOString()}  ${key}`);
  return 0;
}

export function show({ positionals, options }: Arguments): number {
  const [key] = positionals;
  if (key === undefined) throw new UsageError("Which session?", "clawdbot sessions list shows the keys");
  const shown = openSessionsReader({ stateDir: pathsFrom(process.env).stateDir }).show(key);
  if (shown === undefined) {
    printError(`There is no session ${key}.`);
    printError("Hint: `clawdbot sessions list` shows the keys.");
    return 1;
  }
  if (options["json"] === true) printJson(shown);
  else
    for (const { timestamp, role, sender, content } of shown.messages)
      print(
        `${new Date(timestamp).toISOString()}  ${sender?.name ?? sender?.id ?? role}: ${typeof content === "string" ? content : JSON.stringify(content)}`,
      );
  return 0;
}
