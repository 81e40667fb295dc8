/** For tests of other packages, and of other people's stores. */
import assert from "node:assert/strict";
import type { PairingNetwork } from "./sender.ts";
import { type Approvals, emptyState, type PairingState, type PairingStore } from "./store.ts";

/** A network whose ids are what is written, without spaces and without the prefix `test:`; `0` is shared by many people. */
export const testNetwork: PairingNetwork = {
  sharedSenders: ["0"],
  canonicalSender(entry) {
    const id = entry.trim().replace(/^test:/i, "");
    if (id !== "" && !id.includes(" ")) return { ok: true, id };
    return { ok: false, message: "Not an id.", hint: "Write an id without spaces." };
  },
};

export interface PairingStoreConformanceOptions {
  readonly name: string;
  /** The test function of the runner at hand. */
  readonly test: (name: string, run: () => void) => void;
  /**
   * A place that is still empty. `open` may be called several times and each store must see what the others wrote;
   * a store that lives in the process returns itself.
   */
  readonly create: () => { readonly open: () => PairingStore; readonly dispose: () => void };
}

/** What `openPairing` relies on in a store. */
export function pairingStoreConformance({ name, test, create }: PairingStoreConformanceOptions): void {
  const check = (promise: string, run: (open: () => PairingStore) => void) =>
    test(`${name}: ${promise}`, () => {
      const place = create();
      try {
        run(place.open);
      } finally {
        place.dispose();
      }
    });

  check("begins empty", (open) => {
    assert.deepEqual(open().read(), emptyState);
    assert.deepEqual(open().approvals(), emptyState.approvals);
  });
  check("keeps every part of a change, and hostile text as it is", (open) => {
    assert.equal(
      open().update(() => ({ state: fullState, result: "done" })),
      "done",
    );
    assert.deepEqual(open().read(), fullState);
    assert.deepEqual(open().approvals(), fullState.approvals);
  });
  check("shows a change to a store that was open and had read before", (open) => {
    const [writer, reader] = [open(), open()];
    reader.read();
    writer.update(approve("1"));
    assert.deepEqual(reader.approvals(), only("1"));
    writer.update(approve("2"));
    assert.deepEqual(reader.approvals(), only("2"));
    assert.deepEqual(reader.read().approvals, only("2"));
    writer.update(() => ({ state: emptyState, result: null }));
    assert.deepEqual(reader.approvals(), emptyState.approvals);
  });
  check("shows a grant that changes though nobody is added or taken away", (open) => {
    const [writer, reader] = [open(), open()];
    for (const grants of [{ "1": { profile: "friend" } }, { "1": { until: time } }, {}]) {
      writer.update(approve("1", grants));
      assert.deepEqual(reader.approvals(), { allowFrom: ["1"], grants });
    }
  });
  check("gives the change the newest state, not the one it read last", (open) => {
    const [first, second] = [open(), open()];
    first.read();
    second.update(approve("1"));
    first.update((state) => {
      const allowFrom = [...state.approvals.allowFrom, "2"];
      return { state: { ...state, approvals: { ...state.approvals, allowFrom } }, result: null };
    });
    assert.deepEqual(second.approvals().allowFrom, ["1", "2"]);
  });
  check("changes nothing when the change throws, and works on", (open) => {
    const store = open();
    store.update(approve("1"));
    const fault = new Error("no");
    assert.throws(
      () =>
        store.update(() => {
          throw fault;
        }),
      fault,
    );
    assert.deepEqual(open().approvals(), only("1"));
    store.update(approve("2"));
    assert.deepEqual(open().approvals(), only("2"));
  });
  check("hands out the same approvals until they change", (open) => {
    const store = open();
    store.update(approve("1"));
    assert.equal(store.approvals(), store.approvals());
    store.update((state) => ({ state: { ...state, requests: fullState.requests }, result: null }));
    assert.deepEqual(store.approvals(), only("1"));
  });
}

function approve(id: string, grants: Approvals["grants"] = {}) {
  return (state: PairingState) => ({
    state: { ...state, approvals: { allowFrom: [id], grants } },
    result: null,
  });
}

function only(id: string): Approvals {
  return { allowFrom: [id], grants: {} };
}

const time = "2026-01-01T00:00:00.000Z";
const nasty = ["__proto__", "constructor", "", "\u202e\u200b", "\ud800", 'quo"te\\\n', "x".repeat(4096)];

const fullState: PairingState = {
  requests: nasty.map((id) => ({
    id,
    code: "ABCD2345",
    createdAt: time,
    lastSeenAt: time,
    meta: Object.fromEntries([
      ["__proto__", id],
      ["name", id],
    ]),
  })),
  approvals: {
    allowFrom: nasty,
    // What a person wrote need not be a grant; it is theirs all the same.
    grants: Object.fromEntries(nasty.map((id) => [id, { profile: id, until: time, [id]: [null, 7, id] }])),
  },
  notes: {
    answers: nasty.map((id) => ({
      id,
      code: "ABCD2345",
      createdAt: time,
      tries: 1,
      status: "delivered",
      since: time,
    })),
    waiting: nasty.map((id) => ({ id, lastSeenAt: time, meta: {} })),
    wrongCodes: { count: 3, lastAt: time },
  },
};
