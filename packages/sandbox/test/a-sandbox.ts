/** Sandboxes of the real engine, as a gateway opens them, in a state directory of their own. */
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemClock } from "@clawd/kernel";
import type { Engine } from "../src/engine.ts";
import { ensureImage } from "../src/images.ts";
import type { Place } from "../src/place.ts";
import { createPlanner, type PlannerPorts } from "../src/plan-sandbox.ts";
import type { SandboxNeed } from "../src/sandbox-plan.ts";
import { createSandboxes, type Sandboxes } from "../src/sandboxes.ts";
import type { SandboxConfig } from "../src/schema.ts";
import { installationOf } from "../src/scope.ts";
import { resolveSettings } from "../src/settings.ts";

export interface SandboxWorld {
  readonly sandboxes: Sandboxes;
  readonly stateDirectory: string;
  /** Belongs to uid 1000. */
  readonly agentWorkspace: string;
  readonly need: (config?: SandboxConfig, own?: Partial<SandboxNeed>) => SandboxNeed;
  close(): Promise<void>;
}

/** @param change what goes wrong */
export function sandboxWorld(engine: Engine, change: Partial<PlannerPorts> = {}): SandboxWorld {
  const directory = mkdtempSync(join(tmpdir(), "clawd-sandbox-"));
  const stateDirectory = join(directory, "state");
  const agentWorkspace = join(directory, "clawd");
  mkdirSync(agentWorkspace);
  writeFileSync(join(agentWorkspace, "notes.txt"), "a note\n");
  chownSync(agentWorkspace, 1000, 1000);
  const used = change.engine ?? engine;
  const sandboxes = createSandboxes({
    engine: used,
    clock: systemClock,
    logger: silentLogger,
    installation: installationOf(stateDirectory),
    plan: createPlanner({
      engine: used,
      image: (reference) => ensureImage(used, reference),
      stateDirectory,
      binds: () => ({ home: "/home/anna", own: [stateDirectory], roots: [agentWorkspace] }),
      wayOut: () => null,
      ...change,
    }),
  });
  return {
    sandboxes,
    stateDirectory,
    agentWorkspace,
    need: (config = {}, own = {}) => ({
      scopeKey: "agent:main",
      agent: "main",
      access: "none",
      agentWorkspace,
      settings: resolveSettings(config, {}, "agent", stateDirectory),
      ...own,
    }),
    async close() {
      await sandboxes.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Runs a shell command to its end. */
export async function shell(place: Place, command: string, timeoutMs = 20_000) {
  const running = await place.start({
    argv: ["/bin/sh", "-c", command],
    cwd: place.home,
    environment: place.environment.base,
    input: "none",
    timeoutMs,
  });
  let output = "";
  for await (const { bytes } of running.output) output += Buffer.from(bytes).toString("utf8");
  return { output, ...(await running.exit) };
}
