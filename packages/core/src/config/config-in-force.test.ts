import { describe, expect, test } from "vitest";
import { policyOf } from "../../test/a-road.ts";
import { createConfigInForce, hearAboutConfig, type HeldConfig } from "./config-in-force.ts";

interface Loaded {
  readonly found: boolean;
  readonly people: readonly string[];
  readonly memory?: number;
}

const config = (...people: readonly string[]): Loaded => ({ found: true, people });

function start(initial: Loaded = config("42")) {
  const held: HeldConfig[] = [];
  let isBroken = false;
  const inForce = createConfigInForce<Loaded>({
    initial,
    compile: ({ people }) => policyOf({ example: { dmPolicy: "allowlist", allowFrom: people } }),
    settings: ({ memory: was = 1 }, { memory: is = 1 }) =>
      was === is
        ? []
        : [
            {
              direction: is > was ? "widens" : "narrows",
              key: "memory",
              before: `${was}`,
              after: `${is}`,
              agents: ["main"],
            },
          ],
    async apply(_loaded, _policy, takeOver) {
      if (isBroken) throw new Error("cannot connect");
      takeOver();
    },
    onHeld: (one) => held.push(one),
  });
  return { inForce, held, people: () => inForce.current().people, break: () => (isBroken = true) };
}

describe("a config that gives more", () => {
  test("waits, and is told once while it does", async () => {
    const { inForce, held, people } = start();
    const before = inForce.policy();
    for (let i = 0; i < 3; i++)
      expect(await inForce.offer(config("42", "43"))).toMatchObject({ state: "held" });
    expect(people()).toEqual(["42"]);
    expect(inForce.policy()).toBe(before);
    expect(held).toEqual([inForce.held()]);
    expect(held[0]!.lines.join()).toContain("example:43");
  });

  test("is taken over by its own hash alone, whole or its first eight digits", async () => {
    const { inForce, people } = start();
    await inForce.offer(config("42", "43"));
    const { hash, shortHash: short } = inForce.held()!;
    const wrong = (short.startsWith("0") ? "1" : "0") + short.slice(1);
    for (const word of ["", short.slice(0, 7), wrong, `${short}x`, "sha256:", "*"])
      expect(await inForce.acknowledge(word), word).toBe(null);
    expect(people()).toEqual(["42"]);
    expect(await inForce.acknowledge(short.toUpperCase())).toMatchObject({ state: "in-force" });
    expect(people()).toEqual(["42", "43"]);
    expect(await inForce.acknowledge(hash)).toBe(null);
  });

  test("is not what another one's hash accepts", async () => {
    const { inForce, people } = start();
    await inForce.offer(config("42", "43"));
    const old = inForce.held()!.hash;
    await inForce.offer(config("42", "43", "44"));
    expect(await inForce.acknowledge(old)).toBe(null);
    expect(await inForce.dismiss(old)).toBe(false);
    expect(people()).toEqual(["42"]);
  });

  test("waits no more once it is taken back, or dismissed, until it is offered again", async () => {
    const { inForce, held } = start();
    await inForce.offer(config("42", "43"));
    const { hash } = inForce.held()!;
    await inForce.offer(config("42"));
    expect([inForce.held(), await inForce.acknowledge(hash)]).toEqual([null, null]);
    await inForce.offer(config("42", "43"));
    expect(await inForce.dismiss(hash)).toBe(true);
    expect([inForce.held(), await inForce.acknowledge(hash)]).toEqual([null, null]);
    await inForce.offer(config("42", "43"));
    expect(held).toHaveLength(3);
    expect(await inForce.acknowledge(hash)).toMatchObject({ state: "in-force" });
  });

  test("is accepted once, however many say so at once, and always against what is in force then", async () => {
    const { inForce } = start();
    await inForce.offer(config("42", "43"));
    const { hash } = inForce.held()!;
    const answers = await Promise.all([inForce.acknowledge(hash), inForce.acknowledge(hash)]);
    expect(answers.map((one) => one?.state)).toEqual(["in-force", undefined]);
  });

  test("that cannot be taken over leaves the old one, and waits on", async () => {
    const { inForce, people, ...set } = start();
    await inForce.offer(config("42", "43"));
    const { hash } = inForce.held()!;
    set.break();
    await expect(inForce.acknowledge(hash)).rejects.toThrow("cannot connect");
    expect([people(), inForce.held()?.hash]).toEqual([["42"], hash]);
  });
});

describe("a setting that reaches further", () => {
  const more = (memory: number, ...people: readonly string[]): Loaded => ({ ...config(...people), memory });

  test("waits like a person who is let in, and is named", async () => {
    const { inForce, held } = start();
    expect(await inForce.offer(more(2, "42"))).toMatchObject({ state: "held" });
    expect(held[0]!.lines[0]).toBe("Widens: memory of main: 1 -> 2");
    expect(inForce.current().memory).toBe(undefined);
    expect(await inForce.acknowledge(held[0]!.hash)).toMatchObject({ state: "in-force" });
    expect(inForce.current().memory).toBe(2);
  });

  test("is not accepted by the word for the people alone, nor they by the word for it", async () => {
    const { inForce } = start();
    const hashOf = async (loaded: Loaded) => {
      await inForce.offer(loaded);
      return inForce.held()!.hash;
    };
    const people = await hashOf(config("42", "43"));
    const setting = await hashOf(more(2, "42"));
    const [both, others] = [await hashOf(more(2, "42", "43")), await hashOf(more(3, "42", "43"))];
    expect(new Set([people, setting, both, others]).size).toBe(4);
    for (const word of [people, setting, both]) expect(await inForce.acknowledge(word)).toBe(null);
    expect(await inForce.acknowledge(others)).toMatchObject({ state: "in-force" });
  });

  test("less far is in force at once, also where somebody is let out", async () => {
    const { inForce } = start(more(5, "42", "43"));
    expect(await inForce.offer(more(4, "42"))).toMatchObject({ state: "in-force" });
    expect(await inForce.offer(more(5, "42"))).toMatchObject({ state: "held" });
    expect(inForce.current().memory).toBe(4);
  });
});

test("a config that gives nothing more is taken over at once; the first one is the set-up itself", async () => {
  const { inForce, people } = start();
  expect(await inForce.offer(config())).toMatchObject({ state: "in-force" });
  expect(people()).toEqual([]);
  const first = start({ found: false, people: [] });
  expect(await first.inForce.offer(config("42"))).toMatchObject({ state: "in-force" });
  expect(await first.inForce.offer(config("42", "43"))).toMatchObject({ state: "held" });
});

test("an owner hears what their word did, and nothing where nothing waits", async () => {
  const { inForce } = start();
  await inForce.offer(config("42", "43"));
  const { hash } = inForce.held()!;
  const say = (verdict: "approve" | "deny", word: string) =>
    hearAboutConfig(inForce, { verdict, hash: word });
  expect(await say("approve", "00000000")).toBe(null);
  expect(await say("deny", "00000000")).toBe(null);
  expect(await say("deny", hash)).toContain("Dismissed");
  expect(await say("approve", hash)).toBe(null);
  await inForce.offer(config("42", "43"));
  expect(await say("approve", hash)).toContain("Accepted");
});
