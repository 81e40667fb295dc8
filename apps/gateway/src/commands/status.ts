/** `clawdbot status`: what the running gateway says of itself. */
import { type Arguments, print, printError, printJson } from "../cli.ts";
import { askStandings, runningGateway } from "../control-client.ts";
import { pathsFrom } from "../paths.ts";

interface Health {
  readonly status: string;
  readonly version: string;
  readonly providers: Readonly<
    Record<string, Readonly<Record<string, { readonly state: string; readonly hint?: string }>>>
  >;
}

export async function status({ options }: Arguments): Promise<number> {
  const address = runningGateway();
  const health = address && (await askHealth(address.port));
  const standings = health === undefined ? [] : await askStandings();
  if (options["json"] === true) {
    printJson({ running: health !== undefined, ...address, ...health, standings });
    return health?.status === "ok" ? 0 : 1;
  }
  if (address === undefined || health === undefined) {
    printError(`No gateway is running on ${pathsFrom(process.env).stateDir}.`);
    printError("Hint: start it with `clawdbot gateway`.");
    return 1;
  }
  print(`Clawdbot ${health.version} is running (process ${address.pid}): ${health.status}`);
  print(
    `Web page: http://127.0.0.1:${address.port}/ (its token: ${pathsFrom(process.env).credentials}/gateway-token)`,
  );
  for (const { provider, account, state, trouble } of standings) {
    print(`${provider}${account === "default" ? "" : ` (${account})`}: ${state}`);
    if (trouble) print(`  ${trouble.message} ${trouble.hint}`.trimEnd());
  }
  return health.status === "ok" ? 0 : 1;
}

async function askHealth(port: number): Promise<Health | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(5000) });
    return (await response.json()) as Health;
  } catch {
    return undefined;
  }
}
