import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { ContainerInfo } from "./engine.ts";
import { ofScope, scopeRecords, scopesIn } from "./scope-records.ts";
import { labels } from "./specification.ts";

function aDirectory() {
  const runtime = mkdtempSync(join(tmpdir(), "clawd-scopes-"));
  onTestFinished(() => rmSync(runtime, { recursive: true, force: true }));
  return scopesIn(runtime);
}
const container = "0123456789ab".repeat(5);

test("what one process says of a container another one reads, until it is forgotten", () => {
  const directory = aDirectory();
  const [gateway, command] = [scopeRecords(directory), scopeRecords(directory)];
  expect(command.get(container)).toBeUndefined();
  gateway.set(container, "agent:main:telegram:dm:42");
  expect(command.get(container)).toBe("agent:main:telegram:dm:42");
  expect(statSync(join(directory, container)).mode & 0o777).toBe(0o600);
  gateway.delete(container);
  expect(command.get(container)).toBeUndefined();
  gateway.set(container, "again");
  gateway.clear();
  expect(command.get(container)).toBeUndefined();
});

test.each(["", "../../etc/passwd", "/etc/passwd", "x", "0123456789ab/../x", "A".repeat(64)])(
  "%j is no container: nothing is written or read under its name",
  (name) => {
    const directory = aDirectory();
    const records = scopeRecords(directory);
    records.set(container, "kept");
    records.set(name, "x");
    records.delete(name);
    expect(records.get(name)).toBeUndefined();
    expect(readdirSync(directory)).toEqual([container]);
  },
);

test("a container that has a record is shown with its scope, any other with its label", () => {
  const made = {
    id: container,
    labels: { [labels.sessionKey]: "spare:1", other: "x" },
  } as unknown as ContainerInfo;
  expect(ofScope(made, undefined)).toBe(made);
  expect(ofScope(made, "agent:main:a").labels).toEqual({ [labels.sessionKey]: "agent:main:a", other: "x" });
});
