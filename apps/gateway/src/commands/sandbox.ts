/** `clawdbot sandbox list`, `recreate` and `build`: the containers of this installation, as the engine itself knows them. */
import { systemClock } from "@clawd/kernel";
import { buildImages, type ContainerInfo, type ImageName, imageNames, removeOldImages } from "@clawd/sandbox";
import { installationOf, labels, ofScope, scopeRecords, scopesIn, sparePrefix } from "@clawd/sandbox/config";
import { createInterface } from "node:readline/promises";
import { type Arguments, print, printError, printJson, UsageError } from "../cli.ts";
import { containerEngine } from "../hands/container-engine.ts";
import { loadWhole } from "../load.ts";
import { pathsFrom } from "../paths.ts";

/** A config with mistakes names no other socket; its mistakes are another command's to tell. */
export async function engineOfHere(): ReturnType<typeof containerEngine> {
  const loaded = await loadWhole(pathsFrom(process.env).config);
  return containerEngine(loaded.ok ? loaded.value.value : undefined, process.env, systemClock);
}

/** Those of this installation. */
async function containers(): Promise<readonly ContainerInfo[]> {
  const { stateDir, runtime } = pathsFrom(process.env);
  const installation = installationOf(stateDir);
  const { engine } = await engineOfHere();
  const records = scopeRecords(scopesIn(runtime));
  const found = await engine.list({ [labels.sandbox]: "1", [labels.installation]: installation });
  return found.map((container) => ofScope(container, records.get(container.id)));
}

const scopeOf = ({ labels: own }: ContainerInfo): string => own[labels.sessionKey] ?? "";

/** Made before anybody needed it. */
const isSpare = (container: ContainerInfo): boolean => scopeOf(container).startsWith(sparePrefix);

const isBrowser = ({ labels: own }: ContainerInfo): boolean => own[labels.browser] !== undefined;

export async function list({ options }: Arguments): Promise<number> {
  const all = await containers();
  const found = options["browser"] === true ? all.filter(isBrowser) : all;
  if (options["json"] === true) {
    const tools = found.filter((container) => !isBrowser(container));
    printJson({ containers: tools.map(shown), browsers: found.filter(isBrowser).map(shown) });
    return 0;
  }
  if (found.length === 0) printError("There is no sandbox now. One is made when an agent first needs it.");
  for (const container of found) print(lineOf(container));
  return 0;
}

function shown(container: ContainerInfo) {
  const { id, name, image, isRunning, createdAt, labels: own } = container;
  return {
    id,
    name,
    image,
    isRunning,
    createdAt,
    scope: scopeOf(container),
    configuration: own[labels.configHash] ?? null,
  };
}

function lineOf(container: ContainerInfo): string {
  const { name, image, isRunning, createdAt } = container;
  const age = ageOf(Date.now() - createdAt);
  const purpose = isBrowser(container) ? "  browser" : isSpare(container) ? "  nobody's yet" : "";
  return `${name}  ${isRunning ? "running" : "stopped"}  ${scopeOf(container)}${purpose}  made ${age} ago  image ${image.slice(7, 19)}`;
}

function ageOf(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2880 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} days`;
}

export async function recreate({ options }: Arguments): Promise<number> {
  const fits = selected(options);
  const isMeant = (container: ContainerInfo) => options["browser"] !== true || isBrowser(container);
  const found = (await containers()).filter((container) => isMeant(container) && fits(scopeOf(container)));
  if (found.length === 0) {
    printError("No sandbox fits. `clawdbot sandbox list` shows what there is.");
    return 0;
  }
  for (const container of found) print(lineOf(container));
  if (options["force"] !== true && !(await isWanted(found.length))) {
    printError("Nothing was removed.");
    return 1;
  }
  const { engine } = await engineOfHere();
  let failed = 0;
  for (const { id, name } of found) {
    try {
      await engine.remove(id);
    } catch (fault) {
      failed++;
      printError(`${name} stays: ${fault instanceof Error ? fault.message : String(fault)}`);
    }
  }
  printError(
    `${found.length - failed} removed. Each is made anew when it is next needed; what ran in it has ended.`,
  );
  return failed === 0 ? 0 : 1;
}

function selected(options: Arguments["options"]): (scope: string) => boolean {
  const { all, session, agent } = options;
  if ([all === true, session !== undefined, agent !== undefined].filter(Boolean).length !== 1)
    throw new UsageError("Which ones?", "say one of --all, --session KEY and --agent ID");
  if (typeof session === "string") return (scope) => scope === session;
  if (typeof agent === "string")
    return (scope) => scope === `agent:${agent}` || scope.startsWith(`agent:${agent}:`);
  return () => true;
}

async function isWanted(count: number): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError("Nobody can be asked here.", "say --force to remove them");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`Remove ${count === 1 ? "it" : `these ${count}`}? [y/N] `);
  terminal.close();
  return /^y(?:es)?$/i.test(answer.trim());
}

export async function build({ positionals, options }: Arguments): Promise<number> {
  const [which = "sandbox"] = positionals;
  if (!Object.hasOwn(imageNames, which))
    throw new UsageError(`There is no image ${which}.`, `say one of ${Object.keys(imageNames).join(", ")}`);
  const network = options["network"] ?? "default";
  if (network !== "default" && network !== "host")
    throw new UsageError("The network of a build is default or host.", "leave --network out");
  const { engine } = await engineOfHere();
  const built = await buildImages(engine, [which as ImageName], (line) => printError(line), {
    network,
    isFresh: options["fresh"] === true,
    environment: process.env,
  });
  const image = built[which as ImageName];
  await removeOldImages(engine);
  if (options["json"] === true) printJson({ image: imageNames[which as ImageName], id: image?.id ?? null });
  else
    print(
      `${imageNames[which as ImageName]} is there. Running sandboxes take it when they are made anew: clawdbot sandbox recreate --all`,
    );
  return 0;
}
