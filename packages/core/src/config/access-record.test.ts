import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Policy } from "@clawd/policy";
import { policyOf } from "../../test/a-road.ts";
import { acceptUpdate, recordAccess, refuseWideningUpdate, widenedByUpdate } from "./access-record.ts";

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), "clawd-access-"))));
afterEach(() => rmSync(directory, { recursive: true }));

const narrow = policyOf({ example: { dmPolicy: "allowlist", allowFrom: ["42"] } });
const wide = policyOf({ example: { dmPolicy: "allowlist", allowFrom: ["42", "43"] } });
/** As if the version of the record had read the config of `now` as what it recorded. */
function pretend(now: Policy): void {
  const file = join(directory, "access.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), policy: now.hash }));
}

test("an update that gives the same or less starts", async () => {
  await recordAccess(directory, "1.0.0", wide);
  await refuseWideningUpdate(directory, "2.0.0", wide);
  pretend(narrow);
  await refuseWideningUpdate(directory, "2.0.0", narrow);
});

test("an update that reads the same config as more does not start before exactly that is accepted", async () => {
  await recordAccess(directory, "1.0.0", narrow);
  pretend(wide);
  await expect(refuseWideningUpdate(directory, "2.0.0", wide)).rejects.toMatchObject({
    code: "CLAWD_UPDATE_WIDENS",
    message: expect.stringContaining("example:43"),
  });
  const { hash } = (await widenedByUpdate(directory, "2.0.0", wide))!;
  expect(await acceptUpdate(directory, "2.0.0", wide, "deadbeef")).toBe(false);
  expect(await acceptUpdate(directory, "2.0.0", wide, hash.slice(0, 7))).toBe(false);
  expect(await acceptUpdate(directory, "2.0.0", wide, hash.slice(0, 8))).toBe(true);
  await refuseWideningUpdate(directory, "2.0.0", wide);
  const wider = policyOf({ example: { dmPolicy: "allowlist", allowFrom: ["42", "43", "44"] } });
  pretend(wider);
  await expect(refuseWideningUpdate(directory, "2.0.0", wider)).rejects.toThrow();
});

test("the same version, another config, and no record have nothing to compare", async () => {
  await refuseWideningUpdate(directory, "2.0.0", wide);
  await recordAccess(directory, "1.0.0", narrow);
  await refuseWideningUpdate(directory, "2.0.0", wide);
  await refuseWideningUpdate(directory, "1.0.0", narrow);
  writeFileSync(join(directory, "access.json"), "{");
  await refuseWideningUpdate(directory, "2.0.0", wide);
});
