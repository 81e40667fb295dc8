import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const source = new URL("../src/", import.meta.url);
const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");

test("the bots need two packages of Clawdbot, and nothing else of it", () => {
  const files = readdirSync(source).map((name) => readFileSync(new URL(name, source), "utf8"));
  const imported = files.flatMap((text) =>
    [...text.matchAll(/@clawd\/[a-z-]+(?=[/"])/g)].map(([name]) => name),
  );
  const { dependencies } = JSON.parse(manifest) as { dependencies: object };
  const declared = Object.keys(dependencies).filter((name) => name.startsWith("@clawd/"));
  expect(new Set(imported)).toEqual(new Set(["@clawd/pairing", "@clawd/policy"]));
  expect(declared).toEqual(["@clawd/pairing", "@clawd/policy"]);
});
