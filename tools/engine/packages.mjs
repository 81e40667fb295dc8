// The Debian packages that the engine and its tests need.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { step } from "./paths.mjs";

/** A program that comes with each package. */
const programs = {
  "docker.io": "/usr/sbin/dockerd",
  runsc: "/usr/bin/runsc",
  mmdebstrap: "/usr/bin/mmdebstrap",
  "busybox-static": "/usr/bin/busybox",
  gcc: "/usr/bin/gcc",
  "libc6-dev": "/usr/include/stdio.h",
  "musl-tools": "/usr/bin/musl-gcc",
};

export async function installPackages() {
  const missing = Object.keys(programs).filter((name) => !existsSync(programs[name]));
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get"))
    throw new Error(
      `${missing.join(", ")} missing. As root on Debian this installs them; else install them yourself.`,
    );
  await step(`installing ${missing.join(", ")}`, () => {
    apt("update");
    apt("install", "-y", "--no-install-recommends", ...missing);
  });
}

function apt(...args) {
  // At this "run level" no package starts a service: the tests' engine is not the machine's.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const { status, stdout, stderr } = spawnSync("apt-get", ["-qq", ...args], { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`apt-get ${args.join(" ")} failed.\n${stdout}${stderr}`);
}
