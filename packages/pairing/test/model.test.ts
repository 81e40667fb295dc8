/** Long random lives of one account, against a model that is a few sets and a clock. Memory and files must agree with it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { filePairingStore } from "../src/file.ts";
import type { PairingStore } from "../src/store.ts";
import { memoryPairingStore } from "../src/memory.ts";
import { aPairing, hour, inDirectory, minute } from "./a-pairing.ts";

interface Model {
  /** Codes that may still approve, and whom. */
  readonly live: Map<string, { readonly id: string; readonly createdAt: number }>;
  readonly approved: Set<string>;
  /** When an id was last told a new code. */
  readonly told: Map<string, number>;
  /** The latest time that any clock has shown: what it once ended stays ended when the clock is set back. */
  latest: number;
}

type Real = ReturnType<typeof aPairing>;

const ids = ["1", "2", "3", "4", "5", "6"];

class Ask implements fc.Command<Model, Real> {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
  check = () => true;
  run(model: Model, { pairing, clock }: Real): void {
    const asked = pairing.ask({ id: this.id });
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
  constructor(act: "approve" | "deny", which: number) {
    this.act = act;
    this.which = which;
  }
  check = ({ live }: Model) => live.size > 0;
  run(model: Model, { pairing, clock }: Real): void {
    const [code, told] = [...model.live].at(-1 - (this.which % model.live.size))!;
    const isPending = pairing.list().some((request) => request.code === code);
    if (!isPending) return;
    expect(Math.abs(clock.now() - told.createdAt)).toBeLessThanOrEqual(hour);
    expect(pairing[this.act](code)?.id).toBe(told.id);
    model.live.delete(code);
    if (this.act === "approve") {
      model.approved.add(told.id);
      model.told.delete(told.id);
    }
    expect(pairing[this.act](code)).toBeUndefined();
  }
  toString = () => `${this.act} ${this.which}`;
}

class ById implements fc.Command<Model, Real> {
  readonly act: "approveId" | "revoke";
  readonly id: string;
  constructor(act: "approveId" | "revoke", id: string) {
    this.act = act;
    this.id = id;
  }
  check = () => true;
  run(model: Model, { pairing }: Real): void {
    const wasApproved = model.approved.has(this.id);
    if (this.act === "approveId") {
      expect(pairing.approveId(this.id).id).toBe(this.id);
      model.approved.add(this.id);
      if (wasApproved) return;
    } else {
      expect(pairing.revoke(this.id)).toBe(wasApproved);
      model.approved.delete(this.id);
    }
    model.told.delete(this.id);
    for (const [code, { id }] of model.live) if (id === this.id) model.live.delete(code);
  }
  toString = () => `${this.act} ${this.id}`;
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
    const { pairing, store } = real;
    const pending = pairing.list();
    expect(pending.length).toBeLessThanOrEqual(3);
    expect(new Set(pending.map(({ id }) => id)).size).toBe(pending.length);
    for (const { id, code } of pending) expect(model.live.get(code)?.id).toBe(id);
    expect([...pairing.approved()].sort()).toEqual([...model.approved].sort());
    expect(new Set(store.allowFrom()).size).toBe(store.allowFrom().length);
    for (const id of ids) expect(pairing.isApproved(id)).toBe(model.approved.has(id));
    for (const { id } of pairing.waiting()) expect(pending.map((request) => request.id)).not.toContain(id);
  }
  toString = () => this.command.toString();
}

const id = fc.constantFrom(...ids);
const commands = fc.commands(
  [
    id.map((one) => new Ask(one)),
    id.map((one) => new Ask(one)),
    fc.nat(5).map((which) => new Type("approve", which)),
    fc.nat(5).map((which) => new Type("deny", which)),
    id.map((one) => new ById("approveId", one)),
    id.map((one) => new ById("revoke", one)),
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
      approved: new Set(),
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
