/** Long random lives of one account, against a model that is a few maps and a clock. Memory and files must agree with it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { filePairingStore } from "../src/file.ts";
import type { Grant, GrantOptions } from "../src/grant.ts";
import type { PairingStore } from "../src/store.ts";
import { memoryPairingStore } from "../src/memory.ts";
import { aPairing, approvedIds, hour, inDirectory, minute } from "./a-pairing.ts";

interface Model {
  /** Codes that may still approve, and whom. */
  readonly live: Map<string, { readonly id: string; readonly createdAt: number }>;
  /** What each was approved as. Who is over stays here until a change takes them out, as a clock that is set back shows. */
  readonly approved: Map<string, Grant>;
  /** When an id was last told a new code. */
  readonly told: Map<string, number>;
  /** The latest time that any clock has shown: what it once ended stays ended when the clock is set back. */
  latest: number;
}

type Real = ReturnType<typeof aPairing>;

function held({ approved }: Model, id: string, now: number): Grant | undefined {
  const grant = approved.get(id);
  return grant && (grant.until === null || now < grant.until) ? grant : undefined;
}

/** What every change begins with. */
function sweep(model: Model, now: number): void {
  for (const id of model.approved.keys()) if (held(model, id, now) === undefined) model.approved.delete(id);
}

/** A profile, or how long it lasts in milliseconds, or both. */
interface Wish {
  readonly profile: string | null;
  readonly span: number | null;
}

function grantFor({ profile, span }: Wish, now: number): GrantOptions {
  return { ...(profile === null ? {} : { profile }), ...(span === null ? {} : { until: now + span }) };
}

function grantOf({ profile, until }: GrantOptions): Grant {
  return { profile: profile ?? null, until: until ?? null };
}

const ids = ["1", "2", "3", "4", "5", "6"];

class Ask implements fc.Command<Model, Real> {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
  check = () => true;
  run(model: Model, { pairing, clock }: Real): void {
    const asked = pairing.ask({ id: this.id });
    sweep(model, clock.now());
    expect(asked.outcome === "approved").toBe(model.approved.has(this.id));
    if ("code" in asked) {
      const last = model.told.get(this.id);
      if (last !== undefined) expect(model.latest - last).toBeGreaterThan(hour);
      model.told.set(this.id, clock.now());
      model.live.set(asked.code, { id: this.id, createdAt: clock.now() });
      pairing.delivered(this.id);
    }
  }
  toString = () => `ask ${this.id}`;
}

/** Types a code that was once told: the newest, or an old one. */
class Type implements fc.Command<Model, Real> {
  readonly act: "approve" | "deny";
  readonly which: number;
  readonly wish: Wish;
  constructor(act: "approve" | "deny", which: number, wish: Wish) {
    this.act = act;
    this.which = which;
    this.wish = wish;
  }
  check = ({ live }: Model) => live.size > 0;
  run(model: Model, { pairing, clock }: Real): void {
    const [code, told] = [...model.live].at(-1 - (this.which % model.live.size))!;
    const isPending = pairing.list().some((request) => request.code === code);
    if (!isPending) return;
    expect(Math.abs(clock.now() - told.createdAt)).toBeLessThanOrEqual(hour);
    const grant = grantFor(this.wish, clock.now());
    expect(pairing[this.act](code, grant)?.id).toBe(told.id);
    sweep(model, clock.now());
    model.live.delete(code);
    if (this.act === "approve") {
      model.approved.set(told.id, grantOf(grant));
      model.told.delete(told.id);
    }
    expect(pairing[this.act](code)).toBeUndefined();
  }
  toString = () => `${this.act} ${this.which}`;
}

class ById implements fc.Command<Model, Real> {
  readonly act: "approveId" | "revoke";
  readonly id: string;
  readonly wish: Wish;
  constructor(act: "approveId" | "revoke", id: string, wish: Wish) {
    this.act = act;
    this.id = id;
    this.wish = wish;
  }
  check = () => true;
  run(model: Model, { pairing, clock }: Real): void {
    sweep(model, clock.now());
    const before = model.approved.get(this.id);
    if (this.act === "approveId") {
      const grant = grantFor(this.wish, clock.now());
      const isSame = JSON.stringify(before) === JSON.stringify(grantOf(grant));
      const approved = pairing.approveId(this.id, grant);
      expect(approved.grant).toEqual(grantOf(grant));
      expect(approved.replaced).toEqual(isSame ? undefined : before);
      model.approved.set(this.id, grantOf(grant));
    } else {
      expect(pairing.revoke(this.id)).toBe(before !== undefined);
      model.approved.delete(this.id);
    }
    model.told.delete(this.id);
    for (const [code, { id }] of model.live) if (id === this.id) model.live.delete(code);
  }
  toString = () => `${this.act} ${this.id} ${JSON.stringify(this.wish)}`;
}

class Wait implements fc.AsyncCommand<Model, Real> {
  readonly milliseconds: number;
  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
  }
  check = () => true;
  async run(model: Model, { clock }: Real): Promise<void> {
    await clock.advance(this.milliseconds);
    model.latest = Math.max(model.latest, clock.now());
  }
  toString = () => `wait ${this.milliseconds}`;
}

/** True after every command, whatever happened. */
class Invariants implements fc.AsyncCommand<Model, Real> {
  readonly command: fc.Command<Model, Real> | fc.AsyncCommand<Model, Real>;
  constructor(command: Invariants["command"]) {
    this.command = command;
  }
  check = (model: Model) => this.command.check(model) as boolean;
  async run(model: Model, real: Real): Promise<void> {
    await this.command.run(model, real);
    const { pairing, store, clock } = real;
    const now = clock.now();
    const pending = pairing.list();
    expect(pending.length).toBeLessThanOrEqual(3);
    expect(new Set(pending.map(({ id }) => id)).size).toBe(pending.length);
    for (const { id, code } of pending) expect(model.live.get(code)?.id).toBe(id);
    const { allowFrom, grants } = store.approvals();
    // Who is over is in no answer, and in the file until the next change; a grant never stands without its id.
    expect([...allowFrom].sort()).toEqual([...model.approved.keys()].sort());
    for (const id of Object.keys(grants)) expect(allowFrom).toContain(id);
    for (const id of ids) {
      expect(pairing.grantOf(id)).toEqual(held(model, id, now));
      expect(pairing.isApproved(id)).toBe(held(model, id, now) !== undefined);
    }
    expect([...approvedIds(pairing)].sort()).toEqual(ids.filter((id) => held(model, id, now) !== undefined));
    for (const { id } of pairing.waiting()) expect(pending.map((request) => request.id)).not.toContain(id);
  }
  toString = () => this.command.toString();
}

const id = fc.constantFrom(...ids);
const wish: fc.Arbitrary<Wish> = fc.record({
  profile: fc.constantFrom(null, "friend", "kids"),
  span: fc.constantFrom(null, 1, minute, 10 * minute, hour),
});
const commands = fc.commands(
  [
    id.map((one) => new Ask(one)),
    id.map((one) => new Ask(one)),
    fc.tuple(fc.nat(5), wish).map(([which, as]) => new Type("approve", which, as)),
    fc.tuple(fc.nat(5), wish).map(([which, as]) => new Type("deny", which, as)),
    fc.tuple(id, wish).map(([one, as]) => new ById("approveId", one, as)),
    fc.tuple(id, wish).map(([one, as]) => new ById("revoke", one, as)),
    fc.constantFrom(1, minute, 10 * minute, hour, -5 * minute).map((time) => new Wait(time)),
  ].map((command) => (command as fc.Arbitrary<Invariants["command"]>).map((one) => new Invariants(one))),
  { size: "+1" },
);

type Life = typeof commands extends fc.Arbitrary<infer Commands> ? Commands : never;

async function liveThrough(store: PairingStore, life: Life): Promise<void> {
  const real = aPairing({ store });
  const setup = () => {
    const model: Model = {
      live: new Map(),
      approved: new Map(),
      told: new Map(),
      latest: real.clock.now(),
    };
    return { model, real };
  };
  await fc.asyncModelRun(setup, life);
}

test("no life of an account in memory ever differs from the model", { timeout: 60_000 }, async () => {
  const lives = fc.asyncProperty(commands, (life) => liveThrough(memoryPairingStore(), life));
  await fc.assert(lives, { seed: 7, numRuns: 400 });
});

test("no life of an account in files ever differs from the model", { timeout: 60_000 }, async () => {
  const lives = fc.asyncProperty(commands, (life) =>
    inDirectory((directory) => liveThrough(filePairingStore({ directory, provider: "telegram" }), life)),
  );
  await fc.assert(lives, { seed: 8, numRuns: 15 });
});
