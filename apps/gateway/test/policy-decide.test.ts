/** `clawdbot policy decide` over many requests of every kind, compared line by line with the independent reference of the policy's proofs. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { networks } from "../src/providers.ts";
import { namesOf } from "./every-network.ts";
import { aHome, clawdbot, type Home } from "./harness.ts";

const count = 100_000;
/** A world in which most answers occur. */
const seed = 50;

interface Populated {
  readonly network: (typeof networks)[number];
  readonly people: readonly string[];
  readonly rooms: readonly string[];
}
interface World {
  readonly config: object;
  readonly approvals: Readonly<Record<string, readonly Approval[]>>;
}
interface Approval {
  readonly id: string;
  readonly profile: string | null;
  readonly isOver: boolean;
}
interface Case {
  readonly request: object;
  readonly state: object;
}

/** Files of the proofs are no part of their package, and are read from where they lie in this repository. */
function proof(file: string): Promise<unknown> {
  return import(new URL(`../../../packages/policy/proof/${file}`, import.meta.url).href);
}
const { aWorld } = (await proof("random-world.ts")) as {
  readonly aWorld: (populated: readonly Populated[], seed: number) => World;
};
const { questionsAbout } = (await proof("random-questions.ts")) as {
  readonly questionsAbout: (
    world: World,
    pages: readonly string[],
    count: number,
    seed: number,
  ) => Iterable<Case>;
};
const { mistakesOf } = (await proof("reference-mistakes.ts")) as {
  readonly mistakesOf: (config: object, known: typeof networks) => readonly string[];
};
const { answerTo, comparison } = (await proof("compare.ts")) as {
  readonly answerTo: (config: object, asked: Case, known: typeof networks) => object;
  readonly comparison: () => (expected: object, got: object, asked: Case) => string | null;
};

/** Twelve people and six rooms of a network, as it writes them: the numbers of its own names, counted up. */
function populate(network: Populated["network"]): Populated {
  const { alice, room } = namesOf(network);
  const counted = (name: string, many: number) =>
    Array.from({ length: many }, (_, at) => `${name.slice(0, -2)}${String(10 + at)}`);
  return { network, people: counted(`${alice}00`, 12), rooms: counted(`${room}00`, 6) };
}

let home: Home;
beforeAll(() => (home = aHome()));
afterAll(() => home.remove());

test(`${count} requests get the answers of the reference`, { timeout: 300_000 }, async () => {
  const chosen = (["groups", "guilds", "channels"] as const).map((layout) =>
    networks.find((network) => network.layout === layout)!,
  );
  const pages = networks.filter(({ layout }) => layout === "operator").map(({ id }) => id);
  const world = aWorld(chosen.map(populate), seed);
  expect(mistakesOf(world.config, networks)).toEqual([]);
  // How much of a budget is used, the running gateway knows; the command asks the rules as if nothing were.
  const unused = { isWithinBudget: true };
  const cases = Array.from(questionsAbout(world, pages, count, seed), (asked) => ({
    ...asked,
    state: { ...asked.state, ...unused },
  }));

  home.configure(world.config);
  approve(world.approvals);
  const requests = cases.map(({ request }) => JSON.stringify(request)).join("\n");
  const answers = cases.map((asked) => answerTo(world.config, asked, networks));

  const { code, stdout, stderr } = await clawdbot(home, ["policy", "decide"], requests);
  expect([code, stderr]).toEqual([0, ""]);
  const decisions = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  expect(decisions).toHaveLength(count);
  const difference = comparison();
  const wrong = decisions.flatMap((decision, at) => {
    const about = difference(answers[at]!, decision, cases[at]!);
    return about === null ? [] : [{ line: at + 1, about, ...cases[at], expected: answers[at], decision }];
  });
  expect(wrong.slice(0, 3)).toEqual([]);
  // Not one answer over and over.
  const codes = new Set(decisions.map((decision) => (decision as { code: string }).code));
  expect(codes.size).toBeGreaterThan(30);
});

/** The credentials files, as the gateway writes them. */
function approve(approvals: World["approvals"]): void {
  const directory = join(home.stateDir, "credentials");
  if (!existsSync(directory)) mkdirSync(directory, { mode: 0o700 });
  for (const [provider, people] of Object.entries(approvals)) {
    const grants = people
      .filter(({ profile, isOver }) => profile !== null || isOver)
      .map(({ id, profile, isOver }) => [
        id,
        {
          ...(profile === null ? {} : { profile }),
          ...(isOver ? { until: "2020-01-01T00:00:00.000Z" } : {}),
        },
      ]);
    const file = {
      version: 1,
      allowFrom: people.map(({ id }) => id),
      ...(grants.length === 0 ? {} : { grants: Object.fromEntries(grants) as object }),
    };
    writeFileSync(join(directory, `${provider}-allowFrom.json`), JSON.stringify(file), { mode: 0o600 });
  }
}
