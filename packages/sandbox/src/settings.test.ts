import { expect, test } from "vitest";
import { bytesOf, resolveSettings, ulimitOf } from "./settings.ts";

const resolve = (defaults: object, own: object, scope: "agent" | "session" | "shared" = "agent") =>
  resolveSettings(defaults, own, scope, "/state");

test("without a word everything has its safe value", () => {
  const { docker, workspaceRoot, prune, isolation } = resolve({}, {});
  expect(workspaceRoot).toBe("/state/sandboxes");
  expect(prune).toEqual({ idleHours: 24, maxAgeDays: 7 });
  expect(isolation).toBe("standard");
  expect(docker).toMatchObject({
    network: "none",
    readOnlyRoot: true,
    pidsLimit: 256,
    memory: 1024 ** 3,
    cpus: 1,
    env: { LANG: "C.UTF-8" },
    ulimits: { core: { soft: 0, hard: 0 }, nofile: { soft: 1024, hard: 4096 } },
  });
});

test("the agent's own value replaces, its variables and limits are merged, its binds come after", () => {
  const defaults = {
    docker: { image: "a:1", env: { A: "1", B: "1" }, ulimits: { nofile: 10 }, binds: ["/a:/a"] },
  };
  const own = { docker: { image: "b:1", env: { B: "2" }, ulimits: { fsize: "5:6" }, binds: ["/b:/b"] } };
  expect(resolve(defaults, own).docker).toMatchObject({
    image: "b:1",
    env: { A: "1", B: "2" },
    ulimits: { nofile: { soft: 10, hard: 10 }, fsize: { soft: 5, hard: 6 } },
    binds: ["/a:/a", "/b:/b"],
  });
});

test("a container that all agents share is not one agent's to set up", () => {
  const own = { docker: { image: "b:1", network: "lan" }, prune: { idleHours: 0 } };
  expect(resolve({}, own, "shared")).toEqual(resolve({}, {}, "shared"));
});

test.each([
  ["512m", 512 * 1024 ** 2],
  ["1g", 1024 ** 3],
  ["1.5GiB", 1.5 * 1024 ** 3],
  [1048576, 1048576],
  ["lots", Number.NaN],
  ["-1", Number.NaN],
  ["", Number.NaN],
])("%j is %d bytes", (text, bytes) => {
  expect(bytesOf(text)).toBe(bytes);
});

test.each([
  [1024, { soft: 1024, hard: 1024 }],
  ["1024:2048", { soft: 1024, hard: 2048 }],
  [{ hard: 9 }, { soft: 9, hard: 9 }],
  ["much", { soft: Number.NaN, hard: Number.NaN }],
])("the limit %j is %j", (written, limit) => {
  expect(ulimitOf(written)).toEqual(limit);
});
