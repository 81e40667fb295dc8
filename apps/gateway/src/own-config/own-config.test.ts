/** The same promises as through the whole gateway (test/own-config.test.ts, T-K7), for proposals by the thousand. */
import { loadConfig, type LoadedConfig } from "@clawd/config";
import { createConfigInForce } from "@clawd/core";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aRealConfig, merged, spellings, widenings } from "../../test/widenings.ts";
import type { Config } from "../config.ts";
import { createOwnConfig } from "./own-config.ts";
import { policyOf } from "../policy-of.ts";
import { secretSettingsOf } from "../providers.ts";
import { settingChanges } from "./setting-changes.ts";
import { configOptions } from "../settings.ts";

const base = aRealConfig({
  telegram: { botToken: "100:canary-token" },
  models: { providers: { anthropic: { apiKey: "canary-key" } } },
  workspace: "/tmp/clawd-nowhere",
});
const written = `// By hand.\n${JSON.stringify(base, null, 2)}\n`;
const secretSettings = await secretSettingsOf();
let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "clawd-own-config-"));
  path = join(directory, "clawdbot.json");
  writeFileSync(path, written, { mode: 0o600 });
});
afterEach(() => rmSync(directory, { recursive: true }));

const onDisk = () => readFileSync(path, "utf8");
const hash = () => `sha256:${createHash("sha256").update(onDisk()).digest("hex")}`;

async function start() {
  const paths = { config: path, stateDir: directory };
  const options = await configOptions(path);
  const loaded = (): LoadedConfig<Config> => {
    const found = loadConfig<Config>(options);
    if (!found.ok) throw new Error(JSON.stringify(found.issues));
    return found.value;
  };
  const inForce = createConfigInForce<LoadedConfig<Config>>({
    initial: loaded(),
    compile: policyOf,
    settings: (before, after) => settingChanges(before.value, after.value, { paths, secretSettings }),
    apply: (_loaded, _policy, takeOver) => Promise.resolve(takeOver()),
    onHeld: () => {},
  });
  const own = createOwnConfig({
    paths,
    inForce,
    offer: () => inForce.offer(loaded()),
    secrets: () => ["canary-of-the-gateway", ...inForce.current().secrets],
  });
  const apply = (text: string, isPatch = true, baseHash = hash()) => own.apply({ text, isPatch, baseHash });
  return { own, apply, inForce, policy: inForce.policy().hash };
}

test("no widening in any spelling is written, whole or as a patch; each says what kept it out", async () => {
  const { apply, inForce, policy } = await start();
  const outcomes = new Map<string, number>();
  for (const patch of Object.values(widenings))
    for (const spelled of Object.values(spellings)) {
      const { outcome, text } = await apply(spelled(patch));
      if (outcome === "done") expect(text).toBe("Nothing would change.");
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      expect(text).not.toContain("canary");
    }
  for (const patch of Object.values(widenings)) {
    const { outcome } = await apply(JSON.stringify(merged(base, patch)), false);
    expect(["widens", "protected", "invalid"]).toContain(outcome);
  }
  expect([onDisk(), inForce.policy().hash]).toEqual([written, policy]);
  for (const outcome of ["widens", "protected", "invalid"]) expect(outcomes.get(outcome)).toBeGreaterThan(50);
}, 120_000);

test.each<[string, string, string]>([
  ["a key of its owner's alone, also to give less", '{"commands":{"ownerAllowFrom":[]}}', "protected"],
  ["a secret less", '{"agents":{"defaults":{"sandbox":{"egress":{"secrets":[]}}}}}', "protected"],
  ["a variable, also where it gives less", '{"tools":{"deny":["browser","canvas","${HOME}"]}}', "protected"],
  ["a mark that stands for nothing", '{"tools":{"deny":["browser","canvas","[redacted]"]}}', "protected"],
  ["an include", '{"tools":{"$include":"./x"}}', "protected"],
  ["a block that would take all of it away", '{"telegram":null}', "protected"],
  ["what is not valid", '{"tools":{"deny":["bowser"]}}', "invalid"],
  ["a list where the config is", "[]", "invalid"],
  ["the same again", '{"tools":{"deny":["browser","canvas"]}}', "done"],
])("%s leaves the file as it is", async (_what, patch, outcome) => {
  const { apply } = await start();
  expect(await apply(patch)).toMatchObject({ outcome });
  expect(onDisk()).toBe(written);
});

test("what gives less is in force when the answer comes, and two proposals for one version are not both taken", async () => {
  const { apply, inForce, policy } = await start();
  const less = '{"tools":{"deny":["browser","canvas","nodes"]}}';
  const [first, second] = await Promise.all([apply(less), apply('{"tools":{"bash":{"timeoutSec":30}}}')]);
  expect([first.outcome, second.outcome]).toEqual(["done", "changed"]);
  expect(inForce.policy().hash).not.toBe(policy);
  expect(onDisk()).toBe(
    written
      .replace(/"canvas"\n/, '"canvas", "nodes"\n')
      .replace(/\[\s+"browser",\s+"canvas", "nodes"\s+\]/, '["browser", "canvas", "nodes"]'),
  );
  expect(await apply('{"tools":{"deny":["browser","canvas"]}}')).toMatchObject({ outcome: "widens" });
});

test("an old hash, or none, writes nothing; neither does anything while the file waits for an owner", async () => {
  const { apply, inForce } = await start();
  const less = '{"tools":{"deny":["browser","canvas","nodes"]}}';
  for (const wrong of ["", "sha256:", hash().toUpperCase(), hash().slice(0, -1)])
    expect(await apply(less, true, wrong)).toMatchObject({ outcome: "changed" });
  expect(onDisk()).toBe(written);
  const wider = written.replace('"512m"', '"8g"');
  writeFileSync(path, wider);
  expect(await apply(less)).toMatchObject({ outcome: "widens", text: expect.stringContaining("512m -> 8g") });
  expect([onDisk(), inForce.held()]).toEqual([wider, null]);
});

test("a file that somebody else can write is not included, wherever any name may stand and whatever it says now", async () => {
  const { apply } = await start();
  writeFileSync(join(directory, "x.json5"), "{}");
  for (const patch of [
    '{"access":{"profiles":{"$include":"./x.json5"}}}',
    '{"tools":{"byProvider":{"$include":["./x.json5"]}}}',
    '{"telegram":{"groups":{"-100":{"$include":"./x.json5"}}}}',
    '{"agents":{"defaults":{"sandbox":{"docker":{"ulimits":{"$include":"./x.json5"}}}}}}',
  ])
    expect(await apply(patch), patch).toMatchObject({ outcome: "protected" });
  expect(onDisk()).toBe(written);
});
