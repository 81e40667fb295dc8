import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Disk, realDisk } from "../src/disk.ts";
import { filePairingStore } from "../src/file.ts";
import type { GrantOptions } from "../src/grant.ts";
import { aPairing, approvedIds, hour, inDirectory, minute } from "./a-pairing.ts";

/** A disk whose machine stops at the n-th point; before and after each write is a point, and after it nothing works. */
function stoppingDisk(stopAt: number): Disk {
  let points = 0;
  const point = () => {
    if (points++ >= stopAt) throw new Error("stopped");
  };
  return {
    ...realDisk,
    replace(path, text) {
      point();
      realDisk.replace(path, text);
      point();
    },
  };
}

const start = Date.UTC(2026, 0, 1);
const friend = { profile: "friend", until: start + minute };
const kids = { profile: "kids", until: start + hour };

type Files = ReturnType<typeof aPairing>;
type Open = (disk?: Disk | null, now?: number) => Files;

/** Cuts `act` at every point in turn and looks at what a new process finds, until it runs through. */
function cutEverywhere(
  prepare: (open: Open) => string,
  act: (files: Files, code: string) => void,
  judge: (files: Files, code: string, finished: boolean, open: Open) => void,
  actAt = start,
): number {
  for (let stopAt = 0; ; stopAt++) {
    const finished = inDirectory((directory) => {
      const open: Open = (disk, now = start) =>
        aPairing({
          store: filePairingStore({ directory, provider: "telegram", ...(disk && { disk }) }),
          clock: { now: () => now },
        });
      const code = prepare(open);
      let ran = true;
      try {
        act(open(stoppingDisk(stopAt), actAt), code);
      } catch {
        ran = false;
      }
      judge(open(null, actAt), code, ran, open);
      return ran;
    });
    if (finished) return stopAt;
  }
}

test("cut at any write, an approval has happened or can be repeated, and never twice", () => {
  const cuts = cutEverywhere(
    (open) => open().paired("1"),
    ({ pairing }, code) => pairing.approve(code),
    ({ pairing, store }, code, finished) => {
      const isApproved = pairing.isApproved("1");
      // Approved or still pending with the same code: never neither, never both.
      expect(pairing.list().map((request) => request.code)).toEqual(isApproved ? [] : [code]);
      if (finished) expect(isApproved).toBe(true);
      expect(pairing.approve(code)?.id).toBe(isApproved ? undefined : "1");
      expect(store.approvals().allowFrom).toEqual(["1"]);
      expect(pairing.approve(code)).toBeUndefined();
      pairing.revoke("1");
      expect(pairing.approve(code)).toBeUndefined();
      expect(pairing.isApproved("1")).toBe(false);
    },
  );
  expect(cuts).toBe(6);
});

test(
  "cut at any write, a revocation after a cut approval leaves no code that restores the sender",
  { timeout: 60_000 },
  () => {
    for (let approvalCut = 0; approvalCut <= 6; approvalCut++) {
      cutEverywhere(
        (open) => {
          const code = open().paired("1");
          try {
            open(stoppingDisk(approvalCut)).pairing.approve(code);
          } catch {
            // The cut.
          }
          return code;
        },
        ({ pairing }) => pairing.revoke("1"),
        ({ pairing }, code, finished) => {
          // Whoever is no longer approved has no code either, also when nobody repeats the revocation.
          if (!pairing.isApproved("1") && approvalCut >= 3) expect(pairing.list()).toEqual([]);
          if (!finished) pairing.revoke("1");
          expect(pairing.isApproved("1")).toBe(false);
          expect(pairing.approve(code)).toBeUndefined();
          expect(approvedIds(pairing)).toEqual([]);
        },
      );
    }
  },
);

test("cut at any write, an approval with profile and end is whole, and its code is used up also when it is over", () => {
  const cuts = cutEverywhere(
    (open) => open().paired("1"),
    ({ pairing }, code) => pairing.approve(code, friend),
    ({ pairing }, code, finished, open) => {
      const grant = pairing.grantOf("1");
      if (finished || grant !== undefined) expect(grant).toEqual(friend);
      expect(pairing.list().map((request) => request.code)).toEqual(grant === undefined ? [code] : []);
      const later = open(null, friend.until).pairing;
      expect(later.isApproved("1")).toBe(false);
      expect(later.list()).toHaveLength(grant === undefined ? 1 : 0);
      // Also when the change that takes the end out of the file is cut.
      for (let stopAt = 0; stopAt < 6 && grant !== undefined; stopAt++) {
        try {
          open(stoppingDisk(stopAt), friend.until).pairing.ask({ id: "2" });
        } catch {
          // The cut.
        }
        expect(later.list().filter(({ id }) => id === "1")).toEqual([]);
      }
      expect(later.approve(code)?.id).toBe(grant === undefined ? "1" : undefined);
    },
  );
  expect(cuts).toBe(6);
});

test("cut at any write, whoever held one grant holds that or the next, never parts of both", () => {
  const changes: readonly (readonly [GrantOptions, GrantOptions])[] = [
    [friend, kids],
    [friend, {}],
    [{}, friend],
    [{ profile: "friend" }, { until: kids.until }],
  ];
  const whole = ({ profile, until }: GrantOptions) => ({ profile: profile ?? null, until: until ?? null });
  for (const [before, after] of changes) {
    const cuts = cutEverywhere(
      (open) => (open().pairing.approveId("1", before), ""),
      ({ pairing }) => pairing.approveId("1", after),
      ({ pairing }, _, finished) => {
        const grant = pairing.grantOf("1");
        expect([whole(before), whole(after)]).toContainEqual(grant);
        if (finished) expect(grant).toEqual(whole(after));
        expect(pairing.approveId("1", after).grant).toEqual(whole(after));
        expect(pairing.approved()).toEqual([{ id: "1", ...whole(after) }]);
      },
    );
    expect(cuts).toBe(2);
  }
});

test("cut at any write, whoever's grant was not understood has the new one or their code still", () => {
  const cuts = cutEverywhere(
    (open) => {
      const { store, paired } = open();
      const approvals = { allowFrom: ["1"], grants: { "1": { untill: "2026-01-02T00:00Z" } } };
      store.update((state) => ({ state: { ...state, approvals }, result: null }));
      return paired("1");
    },
    ({ pairing }, code) => pairing.approve(code, kids),
    ({ pairing }, code, finished) => {
      const isApproved = pairing.isApproved("1");
      if (finished) expect(isApproved).toBe(true);
      expect(pairing.list().map((request) => request.code)).toEqual(isApproved ? [] : [code]);
      expect(pairing.approve(code, kids)?.id).toBe(isApproved ? undefined : "1");
      expect(pairing.grantOf("1")).toEqual(kids);
    },
  );
  expect(cuts).toBe(6);
});

test("cut at any write, whoever asks when their approval is over has a code or simply asks again", () => {
  const cuts = cutEverywhere(
    (open) => open().pairing.approveId("1", friend).id,
    ({ pairing }) => pairing.ask({ id: "1" }),
    ({ pairing }, _, finished) => {
      expect(pairing.isApproved("1")).toBe(false);
      const asked = pairing.ask({ id: "1" });
      if (finished) expect(asked).toEqual({ outcome: "repeat" });
      const [request] = pairing.list();
      expect(pairing.list()).toHaveLength(1);
      if ("code" in asked) expect(asked.code).toBe(request?.code);
      expect(pairing.approve(request!.code, kids)?.grant).toEqual(kids);
      expect(pairing.approved()).toEqual([{ id: "1", ...kids }]);
    },
    friend.until,
  );
  expect(cuts).toBe(6);
});

test("cut at any write, an approval of one is whole though the end of another has passed", () => {
  const cuts = cutEverywhere(
    (open) => (open().pairing.approveId("2", friend), open().paired("1")),
    ({ pairing }, code) => pairing.approve(code, kids),
    ({ pairing }, code, finished) => {
      const grant = pairing.grantOf("1");
      if (finished || grant !== undefined) expect(grant).toEqual(kids);
      expect(pairing.list().map((request) => request.code)).toEqual(grant === undefined ? [code] : []);
      expect(pairing.isApproved("2")).toBe(false);
      expect(pairing.approve(code)?.id).toBe(grant === undefined ? "1" : undefined);
    },
    friend.until,
  );
  expect(cuts).toBe(8);
});

test("cut at any write, a new request is whole or its sender simply asks again", () => {
  const cuts = cutEverywhere(
    () => "",
    ({ pairing }) => pairing.ask({ id: "1" }),
    ({ pairing }, _, finished) => {
      const asked = pairing.ask({ id: "1" });
      if (finished) expect(asked).toEqual({ outcome: "repeat" });
      const [request] = pairing.list();
      expect(pairing.list()).toHaveLength(1);
      if ("code" in asked) expect(asked.code).toBe(request?.code);
      expect(pairing.approve(request!.code)?.id).toBe("1");
    },
  );
  expect(cuts).toBe(4);
});

test("cut at any write, a denied code is dead or still pending, and the denial can be repeated", () => {
  const cuts = cutEverywhere(
    (open) => open().paired("1"),
    ({ pairing }, code) => pairing.deny(code),
    ({ pairing }, code, finished) => {
      const isPending = pairing.list().length === 1;
      if (finished) expect(isPending).toBe(false);
      expect(pairing.deny(code)?.id).toBe(isPending ? "1" : undefined);
      expect(pairing.approve(code)).toBeUndefined();
      expect(pairing.ask({ id: "1" })).toEqual({ outcome: "repeat" });
      expect(pairing.approve(code)).toBeUndefined();
      expect(approvedIds(pairing)).toEqual([]);
    },
  );
  expect(cuts).toBe(4);
});

test(
  "a process killed in the middle of an approval holds no lock, and loses nothing",
  { timeout: 60_000 },
  () =>
    inDirectory((directory) => {
      const script = join(import.meta.dirname, "killed-process.ts");
      for (let point = 0; point < 6; point++) {
        const provider = `p${point}`;
        const { pairing, paired } = aPairing({ store: filePairingStore({ directory, provider }) });
        const code = paired("1");
        const { signal } = spawnSync(
          process.execPath,
          ["--conditions=@clawd/source", "--no-warnings", script, directory, provider, code, String(point)],
          { encoding: "utf8" },
        );
        expect(signal).toBe("SIGKILL");
        const isApproved = pairing.isApproved("1");
        expect(isApproved).toBe(point >= 3);
        expect(pairing.grantOf("1")).toEqual(
          isApproved ? { profile: "friend", until: kids.until } : undefined,
        );
        expect(pairing.approve(code)?.id).toBe(isApproved ? undefined : "1");
        expect(approvedIds(pairing)).toEqual(["1"]);
        expect(pairing.list()).toEqual([]);
      }
    }),
);
