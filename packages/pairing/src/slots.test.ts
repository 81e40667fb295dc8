import { expect, test } from "vitest";
import { aPairing, hour, minute } from "../test/a-pairing.ts";

test("after a flood of a thousand ids a newcomer waits ten minutes for a code, and the owner sees them at once", async () => {
  const { pairing, clock } = aPairing();
  const outcomes = Array.from({ length: 1000 }, (_, index) => {
    const asked = pairing.ask({ id: `flood${index}` });
    if (asked.outcome === "created") pairing.delivered(`flood${index}`);
    return asked.outcome;
  });
  expect(outcomes.filter((outcome) => outcome === "created")).toHaveLength(3);
  expect(pairing.ask({ id: "ann", meta: { name: "Ann" } })).toEqual({ outcome: "full" });
  expect(pairing.waiting()).toHaveLength(50);
  expect(pairing.waiting()[0]).toMatchObject({ id: "ann", meta: { name: "Ann" } });
  await clock.advance(10 * minute);
  const asked = pairing.ask({ id: "ann" });
  expect(asked).toMatchObject({ outcome: "created" });
  pairing.delivered("ann");
  for (let index = 0; index < 1000; index++) pairing.ask({ id: `more${index}` });
  expect(pairing.approve("code" in asked ? asked.code : "")?.id).toBe("ann");
});

test(
  "under a flood that never ends nobody is answered twice within an hour, and few are answered at all",
  { timeout: 60_000 },
  async () => {
    const { pairing, clock } = aPairing();
    const answeredAt = new Map<string, number[]>();
    for (let round = 0; round < 3 * 3600; round += 5) {
      // Every id comes back, some at once and some much later.
      for (const id of [`fresh${round}`, `old${round % 400}`, `hour${round % 3600}`]) {
        const asked = pairing.ask({ id });
        if (!("code" in asked)) continue;
        pairing.delivered(id);
        answeredAt.set(id, [...(answeredAt.get(id) ?? []), clock.now()]);
      }
      expect(pairing.list().length).toBeLessThanOrEqual(3);
      await clock.advance(5000);
    }
    const gaps = [...answeredAt.values()].flatMap((times) =>
      times.slice(1).map((time, index) => time - times[index]!),
    );
    expect(Math.min(Infinity, ...gaps)).toBeGreaterThan(hour);
    const answers = [...answeredAt.values()].flat().length;
    expect(answers).toBeGreaterThan(40);
    expect(answers).toBeLessThanOrEqual((3 * 3 * hour) / (10 * minute));
    expect(pairing.approveId("ann").id).toBe("ann");
    expect(pairing.isApproved("ann")).toBe(true);
  },
);

test("a delivered code is safe for ten minutes, and the oldest unsafe one gives way", async () => {
  const { pairing, paired, clock } = aPairing();
  paired("1");
  await clock.advance(minute);
  const second = paired("2");
  paired("3");
  await clock.advance(9 * minute - 1);
  expect(pairing.ask({ id: "4" })).toEqual({ outcome: "full" });
  await clock.advance(1);
  expect(pairing.ask({ id: "4" })).toMatchObject({ outcome: "created" });
  expect(pairing.list().map(({ id }) => id)).toEqual(["2", "3", "4"]);
  expect(pairing.waiting().map(({ id }) => id)).toEqual(["1"]);
  expect(pairing.approve(second)?.id).toBe("2");
});

test("whoever lost their slot gets it back with the code they know, without a second message", async () => {
  const { pairing, paired, clock } = aPairing();
  const code = paired("1");
  ["2", "3"].forEach(paired);
  await clock.advance(10 * minute);
  const other = paired("4");
  expect(pairing.approve(code)).toBeUndefined();
  pairing.approve(other);
  expect(pairing.ask({ id: "1" })).toEqual({ outcome: "repeat" });
  expect(pairing.approve(code)?.id).toBe("1");
});

test("the code of somebody who lost their slot is given to nobody else", async () => {
  const codes = [0, 1, 2, 3, 0, 4].flatMap((symbol) => Array<number>(8).fill(symbol));
  const { paired, clock } = aPairing({ randomInt: () => codes.shift() ?? 5 });
  ["1", "2", "3"].forEach(paired);
  await clock.advance(10 * minute);
  expect(["4", "5"].map(paired)).toEqual(["DDDDDDDD", "EEEEEEEE"]);
});

test("a code that came back does not live longer than its hour", async () => {
  const { pairing, paired, clock } = aPairing();
  const code = paired("1");
  ["2", "3"].forEach(paired);
  await clock.advance(59 * minute);
  pairing.deny(paired("4"));
  expect(pairing.ask({ id: "1" })).toEqual({ outcome: "repeat" });
  await clock.advance(minute + 1);
  expect(pairing.approve(code)).toBeUndefined();
});

test("two senders cannot swap one slot at every message", async () => {
  const { pairing, paired, clock, store } = aPairing();
  ["1", "2", "3"].forEach(paired);
  await clock.advance(10 * minute);
  paired("4");
  await clock.advance(10 * minute);
  const before = store.read();
  expect(pairing.ask({ id: "1" })).toEqual({ outcome: "repeat" });
  expect(store.read()).not.toBe(before);
  const after = store.read();
  for (let message = 0; message < 100; message++) {
    expect(pairing.ask({ id: "2" })).toEqual({ outcome: "full" });
    pairing.ask({ id: "1" });
  }
  expect(store.read()).toBe(after);
});

test("somebody turned away is forgotten after a day", async () => {
  const { pairing, paired, clock } = aPairing();
  ["1", "2", "3"].forEach(paired);
  pairing.ask({ id: "4" });
  await clock.advance(24 * hour - 1);
  expect(pairing.waiting().map(({ id }) => id)).toEqual(["4"]);
  await clock.advance(1);
  expect(pairing.waiting()).toEqual([]);
});
