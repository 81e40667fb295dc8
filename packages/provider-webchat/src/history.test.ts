import { describe, expect, test } from "vitest";
import { createHistory, type Entry } from "./history.ts";

function message(id: string, conversation: string | null = null): Omit<Entry, "seq"> {
  return { id, conversation, from: "agent", text: `text of ${id}`, at: 1 };
}

describe("the history", () => {
  test("gives back what came after a point, oldest first, over all conversations", () => {
    const history = createHistory();
    const first = history.add(message("a"));
    history.add(message("b", "x"));
    history.add(message("c"));
    expect(history.after(0).map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect(history.after(first!.seq).map(({ id }) => id)).toEqual(["b", "c"]);
  });

  test("takes an id once from each side", () => {
    const history = createHistory();
    expect(history.add(message("a"))).toBeDefined();
    expect(history.add(message("a", "x"))).toBeUndefined();
    expect(history.add({ ...message("a"), from: "operator" })).toBeDefined();
    expect([history.has("agent", "a"), history.has("agent", "b")]).toEqual([true, false]);
  });

  test("keeps the last 200 of each conversation", () => {
    const history = createHistory();
    history.add(message("other", "x"));
    for (let index = 0; index < 250; index++) history.add(message(`m${index}`));
    const kept = history.after(0);
    expect(kept).toHaveLength(201);
    expect(kept.map(({ id }) => id)).toContain("other");
    expect(kept.at(-200)?.id).toBe("m50");
    expect(history.has("agent", "m49")).toBe(false);
  });

  test("keeps the 100 conversations that were used last", () => {
    const history = createHistory();
    history.add(message("first", "c0"));
    for (let index = 1; index < 100; index++) history.add(message(`m${index}`, `c${index}`));
    history.add(message("again", "c0"));
    history.add(message("new", "c100"));
    const ids = history.after(0).map(({ id }) => id);
    expect(ids).toContain("first");
    expect(ids).not.toContain("m1");
    expect(ids).toHaveLength(101);
  });
});
