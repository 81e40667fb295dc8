// An engine of our own: its socket, data, processes and mounts are all under one directory, so that everything of it can be found again.
import { spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { request } from "node:http";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { paths, step } from "./paths.mjs";

/**
 * gVisor: Debian's version takes a container's empty network for the machine's on new kernels, unless it is told that there is
 * none. `host-uds`: containers reach the socket of the egress proxy that is mounted into them.
 */
const gvisor = ["--network=none", "--platform=ptrace", "--host-uds=open"];

export async function startDaemon() {
  if (await answers()) return;
  if (process.getuid?.() !== 0)
    throw new Error("an engine of its own needs root; or set CLAWD_TEST_DOCKER_HOST to one that runs.");
  await stopDaemon();
  await step("starting dockerd", async () => {
    mkdirSync(paths.directory, { recursive: true, mode: 0o700 });
    const runtimes = existsSync("/usr/bin/runsc")
      ? { runsc: { path: "/usr/bin/runsc", runtimeArgs: gvisor } }
      : {};
    writeFileSync(paths.config, JSON.stringify({ runtimes }));
    const log = openSync(paths.log, "a");
    const places = ["--data-root", paths.data, "--exec-root", paths.exec, "--pidfile", paths.pid];
    const network = ["--bridge=none", "--iptables=false", "--ip6tables=false", "--userland-proxy=false"];
    const args = ["--config-file", paths.config, "-H", `unix://${paths.socket}`, ...places, ...network];
    const daemon = spawn("/usr/sbin/dockerd", [...args, "--shutdown-timeout=5", "--log-level=warn"], {
      // Not in the terminal's group: its end is ours to say.
      detached: true,
      stdio: ["ignore", log, log],
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    });
    closeSync(log);
    daemon.unref();
    for (let tries = 0; tries < 300; tries++) {
      if (await answers()) return;
      if (daemon.exitCode !== null) break;
      await sleep(100);
    }
    throw new Error(
      `dockerd does not answer.\n${readFileSync(paths.log, "utf8").split("\n").slice(-15).join("\n")}`,
    );
  });
}

/** Ends it with everything that it started and mounted, also after it was killed. The images stay. */
export async function stopDaemon() {
  // The daemon first, or it would start what it misses again.
  for (const program of [/^dockerd$/, /^containerd$/, /^(?:containerd-|run)/])
    for (const pid of processes().filter((pid) => isOurs(pid, program))) await end(pid);
  for (const pid of processes().filter(isContained)) await end(pid);
  for (const mount of mountsBelow(paths.directory)) spawnSync("umount", ["--lazy", mount]);
  for (const path of [paths.exec, paths.pid, paths.socket]) rmSync(path, { recursive: true, force: true });
}

export async function removeDaemon() {
  await stopDaemon();
  rmSync(paths.directory, { recursive: true, force: true });
}

async function end(pid) {
  for (const signal of ["SIGTERM", "SIGKILL"])
    for (let tries = 0; tries < 100; tries++) {
      try {
        process.kill(pid, tries === 0 ? signal : 0);
      } catch {
        return;
      }
      await sleep(100);
    }
}

const processes = () =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** Our directory is in the arguments of each. Another engine of this machine runs the same programs: its are not ours. */
function isOurs(pid, program) {
  const [path, ...args] = peek(() => readFileSync(`/proc/${pid}/cmdline`, "utf8")).split("\0");
  return program.test(basename(path)) && args.some((arg) => arg.includes(`${paths.directory}/`));
}

/** What ran in a container whose shim is gone. */
const isContained = (pid) => peek(() => readlinkSync(`/proc/${pid}/root`)).startsWith(`${paths.data}/`);

function peek(read) {
  try {
    return read();
  } catch {
    return "";
  }
}

/** The last mounted first. */
function mountsBelow(directory) {
  const lines = readFileSync("/proc/self/mountinfo", "utf8").trim().split("\n");
  const points = lines.map((line) =>
    line.split(" ")[4].replaceAll(/\\(\d{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8))),
  );
  return points.filter((point) => point === directory || point.startsWith(`${directory}/`)).reverse();
}

/** Whether an engine answers at the socket. */
function answers() {
  return new Promise((resolve) => {
    const asked = request({ socketPath: paths.socket, path: "/_ping", timeout: 1000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.on("timeout", () => asked.destroy());
    asked.on("error", () => resolve(false));
    asked.end();
  });
}
