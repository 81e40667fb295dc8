import { describe, expect, test } from "vitest";
import { aPolicy, flat } from "../../test/builders.ts";
import { landscapeOf, type Standing } from "./landscape.ts";
import { isOnlyHere, type TargetChat, type TargetClass } from "./targets.ts";
import type { ChatReference } from "../request.ts";

const landscape = landscapeOf([
  aPolicy({
    commands: { ownerAllowFrom: ["flat:42"] },
    flat: {
      dmPolicy: "allowlist",
      allowFrom: ["42", "7", "8"],
      groups: { "77": { topics: { "5": { requireMention: false } } }, "78": { requireMention: false } },
    },
  }),
]);
const dm = (id: string): ChatReference => ({ kind: "dm", id });
const group = (id: string, thread?: string): ChatReference => ({
  kind: "group",
  id,
  ...(thread !== undefined && { thread }),
});

const target = (chats: readonly ChatReference[], more: Partial<TargetChat> & { provider?: string } = {}) => {
  const { provider = "flat", ...rest } = more;
  const each = (chat: ChatReference): TargetChat => ({
    to: { provider, chat },
    isPaired: false,
    isAnyOther: false,
    text: "",
    ...rest,
  });
  return { network: provider, words: [], chats: chats.map(each), isSame: true } satisfies TargetClass;
};

/** Whoever is of the class of that person, writing there. */
function standingOf(id: string | null, chat: ChatReference, { spots, standings } = landscape): Standing {
  const spot = spots.find("flat", "default", chat);
  const found = standings.find(
    ({ spot: where, senders }) =>
      where === spot && (id === null ? senders.isRest : !senders.isRest && senders.ids.includes(id)),
  );
  if (found === undefined) throw new Error("Nobody of the kind writes there.");
  return found;
}

describe("directly", () => {
  const owner = standingOf("42", dm("42"));

  test("the sender's own chat is the only one", () => {
    expect(owner.senders.ids).toEqual(["42"]);
    expect(isOnlyHere(target([dm("42")]), owner)).toBe(true);
    expect(isOnlyHere(target([dm("42"), dm("42")]), owner)).toBe(true);
  });

  test.each<readonly [string, TargetClass]>([
    ["somebody else's", target([dm("7")])],
    ["somebody else's beside it", target([dm("42"), dm("7")])],
    ["every other one of the kind", target([dm("42")], { isAnyOther: true })],
    ["a group of that number", target([group("42")])],
    ["the same number on another network", target([dm("42")], { provider: "roomy" })],
  ])("not where there is %s", (_, other) => {
    expect(isOnlyHere(other, owner)).toBe(false);
  });

  test("of several people who are treated alike, each has the others", () => {
    const friends = standingOf("7", dm("7"));
    expect(friends.senders.ids).toEqual(["7", "8"]);
    expect(isOnlyHere(target([dm("7")]), friends)).toBe(false);
    expect(isOnlyHere(target([dm("7"), dm("8")]), friends)).toBe(false);
  });

  test("nobody knows the chats of those who are not named", () => {
    const rest = standingOf(null, dm("nobody"));
    expect(isOnlyHere(target([dm(rest.senders.witness)]), rest)).toBe(false);
    // Not even where everybody is meant but one.
    const networks = [{ ...flat, sharedSenders: [] }];
    const alone = landscapeOf([aPolicy({ flat: { allowFrom: ["42"] } }, { networks })]);
    const others = standingOf(null, dm("nobody"), alone);
    expect(others.senders.ids).toEqual(["42"]);
    expect(isOnlyHere(target([dm("42")]), others)).toBe(false);
  });
});

describe("in a group", () => {
  const there = standingOf("42", group("78"));

  test("the group is the only one, and its topics are here", () => {
    expect(there.spot.chats.map(({ place }) => place.id)).toEqual(["78"]);
    expect(isOnlyHere(target([group("78")]), there)).toBe(true);
    expect(isOnlyHere(target([group("78", "5"), group("78")]), there)).toBe(true);
  });

  test("another group is another, and so is each of several that are treated alike", () => {
    expect(isOnlyHere(target([group("77")]), there)).toBe(false);
    expect(isOnlyHere(target([dm("42")]), there)).toBe(false);
  });

  test("of a group that no rule names there are others", () => {
    const unnamed = standingOf(null, group("1"));
    for (const chat of [group("1"), unnamed.spot.chat])
      expect(isOnlyHere(target([chat]), unnamed)).toBe(false);
  });
});
