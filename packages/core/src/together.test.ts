import { expect, test } from "vitest";
import { together } from "./together.ts";

test("calls of one moment share one run, in their order", async () => {
  const runs: (readonly number[])[] = [];
  const call = together((items: readonly number[]) => void runs.push(items));
  await Promise.all([call([1, 2]), call([]), call([3])]);
  await call([4]);
  expect(runs).toEqual([[1, 2, 3], [4]]);
});

test("a run that fails fails for all who shared it, and for nobody after", async () => {
  const call = together((items: readonly number[]) => {
    if (items.includes(0)) throw new Error("no room");
  });
  const outcomes = await Promise.allSettled([call([0]), call([1])]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await expect(call([1])).resolves.toBeUndefined();
});
