import { silentLogger } from "@clawd/kernel";
import { fakeClock } from "@clawd/kernel/testing";
import { memoryStore } from "@clawd/store/testing";
import type { AuditEntry } from "@clawd/store";
import { expect, test } from "vitest";
import { createEgressRecord, mostKinds, mostKindsOfAsker, windowMilliseconds } from "./egress-record.ts";

const sandbox = (agent = "main") => ({ agent, scope: `agent:${agent}`, via: "sandbox" }) as const;
const refusal = (host = "evil.example", port = 443) => ({ host, port, reason: "host-not-listed" });

function aRecord() {
  const clock = fakeClock(1000);
  const store = memoryStore({ clock });
  let isFull = false;
  const audit = {
    append(entry: AuditEntry) {
      if (isFull) throw new RangeError("the disk is full");
      return store.audit.append(entry);
    },
  };
  const record = createEgressRecord({ audit, clock, logger: silentLogger });
  const records = () => [...store.audit.list({ kind: "egress-refused" })];
  const told = () =>
    records().reduce((sum, { detail }) => sum + ((detail as { repeated?: number }).repeated ?? 1), 0);
  return { clock, record, records, told, fill: (is: boolean) => (isFull = is) };
}

test("a refusal says who asked, for which host and port, and why", () => {
  const { record, records } = aRecord();
  record.refused(sandbox(), refusal());
  expect(records()).toMatchObject([
    {
      kind: "egress-refused",
      agent: "main",
      effect: "deny",
      code: "host-not-listed",
      detail: { scope: "agent:main", via: "sandbox", host: "evil.example", port: 443 },
    },
  ]);
});

test("a flood of the same is one record and, when its minute is over, a number", async () => {
  const { clock, record, records, told } = aRecord();
  for (let index = 0; index < 100_000; index++) record.refused(sandbox(), refusal());
  expect(records()).toHaveLength(1);
  void clock.advance(windowMilliseconds);
  await Promise.resolve();
  await expect.poll(records).toHaveLength(2);
  expect(records()[1]!.detail).toMatchObject({
    host: "evil.example",
    repeated: 99_999,
    since: 1000,
    until: 61_000,
  });
  expect(told()).toBe(100_000);
});

test("a flood of ever new hosts takes bounded memory and records, and none is lost", () => {
  const { record, records, told } = aRecord();
  for (let index = 0; index < 20_000; index++) record.refused(sandbox(), refusal(`h${index}.example`));
  expect(records()).toHaveLength(mostKindsOfAsker);
  record.close();
  expect(records()).toHaveLength(mostKindsOfAsker + 1);
  expect(records().at(-1)).toMatchObject({
    agent: "main",
    code: "others",
    detail: { host: "", repeated: 20_000 - mostKindsOfAsker },
  });
  expect(told()).toBe(20_000);
});

test("so do ever new askers, and one asker's flood does not hide another's refusal", () => {
  const { record, records, told } = aRecord();
  for (let index = 0; index < 500; index++) record.refused(sandbox("noisy"), refusal(`h${index}.example`));
  record.refused(sandbox("quiet"), refusal());
  expect(records().at(-1)).toMatchObject({ agent: "quiet", code: "host-not-listed" });
  for (let index = 0; index < 5000; index++) record.refused(sandbox(`a${index}`), refusal());
  record.close();
  expect(records().length).toBeLessThanOrEqual(mostKinds + 4);
  expect(told()).toBe(5501);
});

test("what the disk does not take is counted on, and told when it does", () => {
  const { clock, record, records, told, fill } = aRecord();
  fill(true);
  for (let index = 0; index < 10; index++) record.refused(sandbox(), refusal());
  expect(records()).toEqual([]);
  void clock.advance(windowMilliseconds);
  record.refused(sandbox(), refusal());
  fill(false);
  record.close();
  expect(told()).toBe(11);
});
