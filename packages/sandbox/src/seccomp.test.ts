import { expect, test } from "vitest";
import { forbiddenCalls, seccompFault, seccompProfile } from "./seccomp.ts";

const ours = () =>
  JSON.parse(seccompProfile()) as { syscalls: { names: string[]; action: string; args?: unknown[] }[] };

test("our own profile is one we can vouch for", () => {
  expect(seccompFault(ours())).toBeNull();
});

test("no call that leads out is allowed without a condition", () => {
  const open = ours().syscalls.filter(
    ({ action, args }) => action === "SCMP_ACT_ALLOW" && args === undefined,
  );
  const names = open.flatMap((rule) => rule.names);
  expect(names.filter((name) => forbiddenCalls.includes(name))).toEqual([]);
  expect(names).not.toContain("chmod");
  expect(names).not.toContain("clone");
  expect(new Set(names).size).toBe(names.length);
});

test.each([
  ["unconfined", "does not refuse by default"],
  [{ defaultAction: "SCMP_ACT_ALLOW", syscalls: [] }, "does not refuse by default"],
  [{ defaultAction: "SCMP_ACT_LOG", syscalls: [] }, "does not refuse by default"],
  [{ defaultAction: "SCMP_ACT_ERRNO" }, "has no list of calls"],
  [
    { defaultAction: "SCMP_ACT_ERRNO", syscalls: [{ names: ["ptrace"], action: "SCMP_ACT_ALLOW" }] },
    "allows ptrace",
  ],
  [
    { defaultAction: "SCMP_ACT_ERRNO", syscalls: [{ names: ["mount"], action: "SCMP_ACT_LOG" }] },
    "allows mount",
  ],
  [
    {
      defaultAction: "SCMP_ACT_ERRNO",
      syscalls: [
        { names: ["socket"], action: "SCMP_ACT_ALLOW", args: [{ index: 0, value: 40, op: "SCMP_CMP_NE" }] },
      ],
    },
    "allows socket",
  ],
  [null, "does not refuse by default"],
])("an owner's profile %j is refused: %s", (profile, fault) => {
  expect(seccompFault(profile)).toBe(fault);
});
