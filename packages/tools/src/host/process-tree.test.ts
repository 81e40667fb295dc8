import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { systemClock } from "@clawd/kernel";
import { expect, test } from "vitest";
import { alive } from "../../test/world.ts";
import { killTree, markerName, ticksNow } from "./process-tree.ts";

const sleepers = (seconds: string) => alive("sleep", seconds);

async function started(script: string, marker: string, seconds: string, count: number): Promise<number> {
  const child = spawn("/bin/sh", ["-c", script], {
    detached: true,
    stdio: "ignore",
    env: { PATH: process.env["PATH"], [markerName]: marker },
  });
  for (let tries = 0; tries < 500 && sleepers(seconds) < count; tries++) await systemClock.sleep(20);
  return child.pid!;
}

test("kills what left the session, the group or its parents, or cleared its environment", async () => {
  const ways = [
    "setsid sleep 7501 &",
    "(setsid sleep 7501 &)",
    "(nohup sleep 7501 >/dev/null 2>&1 &)",
    "env -i /bin/sleep 7501 &",
    "(env -i /bin/sleep 7501 &)",
    "setsid env -i /bin/sleep 7501 &",
  ];
  const script = ways.join("\n").replaceAll("/bin/sleep", "sleep");
  const leader = await started(`${script}\nwait`, "tree-1", "7501", ways.length);
  killTree({ marker: "tree-1", leader });
  await systemClock.sleep(100);
  expect(sleepers("7501")).toBe(0);
});

test("after the command is over its number is somebody else's: those that began later are left alone", async () => {
  const mine = await started("exec sleep 7502", "tree-2", "7502", 1);
  const stat = readFileSync(`/proc/${mine}/stat`, "utf8");
  const startedAt = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  expect(killTree({ marker: "another", leader: mine, endedAt: startedAt - 1 })).toBe(0);
  expect(sleepers("7502")).toBe(1);
  expect(killTree({ marker: "another", leader: mine, endedAt: ticksNow() })).toBe(1);
  await systemClock.sleep(100);
  expect(sleepers("7502")).toBe(0);
});

test("several hundred processes that keep starting others end at once", async () => {
  // Bounded, unlike a real bomb: six levels of processes, each of which starts others of its own session.
  const script =
    "f() { [ $1 -gt 0 ] && { f $(($1-1)) & f $(($1-1)) & setsid sleep 7503 & }; sleep 7503; }; f 6";
  const leader = await started(script, "tree-3", "7503", 20);
  killTree({ marker: "tree-3", leader });
  await systemClock.sleep(50);
  killTree({ marker: "tree-3" });
  await systemClock.sleep(100);
  expect(sleepers("7503")).toBe(0);
});

test("never kills this process, although it has the variable too", () => {
  expect(killTree({ marker: "nobody-has-this" })).toBe(0);
});
