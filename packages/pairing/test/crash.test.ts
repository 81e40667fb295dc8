import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Disk, realDisk } from "../src/disk.ts";
import { filePairingStore } from "../src/file.ts";
import { aPairing, inDirectory } from "./a-pairing.ts";

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

type Files = ReturnType<typeof aPairing>;
type Open = (disk?: Disk) => Files;

/** Cuts `act` at every point in turn and looks at what a new process finds, until it runs through. */
function cutEverywhere(
  prepare: (open: Open) => string,
  act: (files: Files, code: string) => void,
  judge: (files: Files, code: string, finished: boolean) => void,
): number {
  for (let stopAt = 0; ; stopAt++) {
    const finished = inDirectory((directory) => {
      const open: Open = (disk) =>
        aPairing({ store: filePairingStore({ directory, provider: "telegram", ...(disk && { disk }) }) });
      const code = prepare(open);
      let ran = true;
      try {
        act(open(stoppingDisk(stopAt)), code);
      } catch {
        ran = false;
      }
      judge(open(), code, ran);
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
      expect(store.allowFrom()).toEqual(["1"]);
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
          expect(pairing.approved()).toEqual([]);
        },
      );
    }
  },
);

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
      expect(pairing.approved()).toEqual([]);
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
        expect(pairing.approve(code)?.id).toBe(isApproved ? undefined : "1");
        expect(pairing.approved()).toEqual(["1"]);
        expect(pairing.list()).toEqual([]);
      }
    }),
);
