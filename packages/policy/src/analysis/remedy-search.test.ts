import { describe, expect, test } from "vitest";
import { smallestRemedies, type Flip } from "./remedy-search.ts";

/** A world is what has been done in it. */
type World = readonly string[];

const doing = (text: string, path = text): Flip<World> => ({
  changes: [{ text, rule: { path } }],
  apply: (world) => [...world, text],
});
const remediesFor = (needed: readonly (readonly string[])[], flips: readonly string[], most?: 2 | 3) =>
  smallestRemedies<World>(
    [],
    (world) => flips.filter((each) => !world.includes(each)).map((each) => doing(each)),
    (world) => needed.some((way) => way.every((each) => world.includes(each))),
    most,
  ).map(({ changes }) => changes.map(({ text }) => text));

describe("the smallest remedies are found", () => {
  test("of one change, and none of more beside them", () => {
    expect(remediesFor([["a"], ["b", "c"]], ["a", "b", "c"])).toEqual([["a"]]);
  });

  test("of two and of three, each once, in whatever order they are done", () => {
    expect(remediesFor([["a", "b"]], ["a", "b", "c"])).toEqual([["a", "b"]]);
    expect(remediesFor([["a", "b", "c"]], ["a", "b", "c", "d"])).toEqual([["a", "b", "c"]]);
    expect(
      remediesFor(
        [
          ["c", "b", "a"],
          ["d", "a", "b"],
        ],
        ["a", "b", "c", "d"],
      ),
    ).toEqual([
      ["a", "b", "c"],
      ["a", "b", "d"],
    ]);
  });

  test("and not of more than are asked for", () => {
    expect(remediesFor([["a", "b", "c", "d"]], ["a", "b", "c", "d"])).toEqual([]);
    expect(remediesFor([["a", "b", "c"]], ["a", "b", "c"], 2)).toEqual([]);
  });
});

test("what can only be done after something else is found as well", () => {
  const found = smallestRemedies<World>(
    [],
    (world) => [doing("switched on"), ...(world.includes("switched on") ? [doing("listed")] : [])],
    (world) => world.includes("listed"),
  );
  expect(found.map(({ changes }) => changes.map(({ text }) => text))).toEqual([["switched on", "listed"]]);
});

test("nobody can do what has no key to be written at", () => {
  const found = smallestRemedies<World>(
    [],
    () => [doing("built-in.list named bash", "built-in.list"), doing("a")],
    (world) => world.length > 0,
  );
  expect(found.map(({ changes }) => changes[0]!.text)).toEqual(["a"]);
});

test("the search ends, however many things could be done", () => {
  const flips = Array.from({ length: 100 }, (_, index) => `flip ${index}`);
  let asked = 0;
  const found = smallestRemedies<World>(
    [],
    () => flips.map((each) => doing(each)),
    () => {
      asked++;
      return false;
    },
  );
  expect(found).toEqual([]);
  expect(asked).toBeLessThanOrEqual(2_000);
});
