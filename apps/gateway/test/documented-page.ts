/** The configs of a page of documentation, and what the policy decides under each. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { clawdbot, type Home } from "./harness.ts";

export interface DocumentedConfig {
  readonly text: string;
  /** The other files of the page, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** The `json5` blocks of `docs/<name>`; one with a file's name behind it is that file, the others are whole configs. */
export function configsOf(name: string): readonly DocumentedConfig[] {
  const page = readFileSync(new URL(`../../../docs/${name}`, import.meta.url), "utf8");
  const blocks = [...page.matchAll(/^```json5[ ]?(.*)\n([\s\S]*?)^```/gm)].map(
    ([, file = "", text = ""]) => ({
      file,
      text,
    }),
  );
  const files = Object.fromEntries(
    blocks.filter(({ file }) => file !== "").map(({ file, text }) => [file, text]),
  );
  return blocks.filter(({ file }) => file === "").map(({ text }) => ({ text, files }));
}

/** Puts the config where the gateway would find it. Fails when it has a mistake; that a network has no token is none. */
export async function install(home: Home, { text, files }: DocumentedConfig): Promise<void> {
  home.configure(text);
  for (const [file, content] of Object.entries(files))
    writeFileSync(join(home.stateDir, file), content, { mode: 0o600 });
  const validated = await clawdbot(home, ["config", "validate", "--json"]);
  const { ok, issues } = JSON.parse(validated.stdout) as {
    ok: boolean;
    issues: readonly { severity?: string }[];
  };
  expect([ok, issues.filter(({ severity }) => severity !== "warning")]).toEqual([true, []]);
}

/** One decision for each request; those without an action are messages. */
export async function decisionsOf(home: Home, requests: readonly object[]): Promise<readonly unknown[]> {
  const lines = requests.map((request) => `${JSON.stringify({ action: "message", ...request })}\n`);
  const { stdout } = await clawdbot(home, ["policy", "decide"], lines.join(""));
  return stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as unknown]));
}
