/** A host place in a directory of its own, with a canary beside it that must never be seen or touched. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@clawd/kernel";
import { createProcesses, type PlaceContext, type Tool, type ToolAnswer } from "@clawd/tools";
import { hostEnvironment, type HostEnvironmentSettings, type HostPlace, hostPlace } from "@clawd/tools/host";

export const canary = "CANARY-6f1d";

/** How many living processes have exactly these arguments; a zombie has none. */
export function alive(...args: readonly string[]): number {
  const wanted = `${args.join("\0")}\0`;
  return readdirSync("/proc").filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, "latin1") === wanted;
    } catch {
      return false;
    }
  }).length;
}

export interface World {
  readonly place: HostPlace;
  /** Of the host. */
  readonly workspace: string;
  readonly outside: string;
  readonly context: PlaceContext;
  file(path: string, content: string | Uint8Array): void;
  readonly text: (path: string) => string;
  call(tool: Tool<PlaceContext>, input: unknown, more?: Partial<PlaceContext>): Promise<Told>;
  /** Everything beside the workspace, with the versions of the files. */
  surroundings(): string;
  end(): Promise<void>;
}

export interface Told extends ToolAnswer {
  /** Of all text blocks. */
  readonly text: string;
}

export function aWorld(settings: HostEnvironmentSettings = {}): World {
  const directory = mkdtempSync(join(tmpdir(), "clawd-tools-"));
  const workspace = join(directory, "workspace");
  const outside = join(directory, "outside");
  for (const each of [workspace, outside]) mkdirSync(each);
  writeFileSync(join(outside, "canary"), canary);
  const place = hostPlace({ workspace, environment: hostEnvironment(settings) });
  const processes = createProcesses({ clock: systemClock });
  const context: PlaceContext = {
    place: () => Promise.resolve(place),
    processes,
    scope: "agent:main",
    clock: systemClock,
    mayUseProcess: true,
  };
  return {
    place,
    workspace,
    outside,
    context,
    file(path, content) {
      mkdirSync(join(workspace, path, ".."), { recursive: true });
      writeFileSync(join(workspace, path), content);
    },
    text: (path) => readFileSync(join(workspace, path), "utf8"),
    async call(tool, input, more = {}) {
      const answer = await tool.call(input, { ...context, ...more }, AbortSignal.timeout(20_000));
      const text = answer.content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n");
      return { ...answer, text };
    },
    surroundings: () =>
      JSON.stringify([
        readdirSync(directory).sort(),
        readdirSync(outside).sort(),
        readFileSync(join(outside, "canary"), "utf8"),
        statSync(join(outside, "canary")).ctimeMs,
      ]),
    async end() {
      await processes.end();
      place.end();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
