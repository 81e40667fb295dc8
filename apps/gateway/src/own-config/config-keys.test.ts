import { toJsonSchema } from "@clawd/config/schema";
import { accessShape } from "@clawd/policy/schema";
import { expect, test } from "vitest";
import { schemaKeys } from "../../test/schema-keys.ts";
import { classOf, leavesOf } from "./config-keys.ts";
import { networks, secretSettingsOf } from "../providers.ts";
import { configOptions } from "../settings.ts";

const secretSettings = await secretSettingsOf();
const keys = schemaKeys(toJsonSchema((await configOptions("/nowhere")).schema));
const isNetwork = (key: string | undefined) => networks.some(({ id }) => id === key);

test("every key of the config has a class of its own; only a network's settings are held without being named", () => {
  expect(keys.length).toBeGreaterThan(300);
  const unknown = keys.filter((path) => !isNetwork(path[0]) && classOf(path, secretSettings) === "held");
  expect(unknown.map((path) => path.join("."))).toEqual([]);
});

test("the access rules of every network are the policy's, in its accounts too; its secrets are the user's own", () => {
  for (const { id, layout } of networks) {
    for (const key of Object.keys(accessShape(layout)))
      for (const path of [
        [id, key],
        [id, "accounts", "work", key],
      ])
        expect(classOf(path, secretSettings), path.join(".")).toBe("policy");
    for (const key of secretSettings(id)) expect(classOf([id, key], secretSettings), key).toBe("own");
    expect(classOf([id, "something-new"], secretSettings)).toBe("held");
    expect(classOf([id, "accounts", "work", "something", "deep"], secretSettings)).toBe("held");
  }
});

test("what nobody has named is held: new sections, new keys beside known ones, and names that every object has", () => {
  for (const path of [
    ["plugins"],
    ["agents", "defaults", "sandbox", "docker", "privileged"],
    ["agents", "list", 0, "tools", "exec"],
    ["gateway", "remote", "url"],
    ["$include"],
    ["__proto__", "telegram"],
    ["constructor"],
    ["tools", "bash", "timeoutSec", "more"],
  ])
    expect(classOf(path, secretSettings), path.join(".")).toBe("held");
});

test("a block or a short form has the strictest class of the keys that it stands for", () => {
  expect(classOf(["agents", "defaults", "model"], secretSettings)).toBe("compared");
  expect(classOf(["tools", "elevated"], secretSettings)).toBe("policy");
  expect(classOf(["gateway"], secretSettings)).toBe("own");
  expect(classOf(["agents", "defaults", "sandbox", "docker"], secretSettings)).toBe("own");
});

test("leaves are values, lists of plain values and empty blocks, by their whole paths", () => {
  expect(leavesOf({ a: { b: [1, "x"], c: {} }, d: [{ e: null }], f: undefined })).toEqual([
    { path: ["a", "b"], value: [1, "x"] },
    { path: ["a", "c"], value: {} },
    { path: ["d", 0, "e"], value: null },
  ]);
});
