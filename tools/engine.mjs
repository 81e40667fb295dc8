// A container engine for the tests, of this clone alone. Needs root on Debian.
//   start   installs what is missing, starts it, makes the base image; prints the line that makes the tests find it
//   images  builds the sandbox's image on it, or those that are named: sandbox, browser (after the set-up: `npm test` or `npm start`)
//   stop    ends it with everything that it started and mounted; its images stay
//   daemon  only starts it
//   remove  stops it and removes its images
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { installPackages } from "./engine/packages.mjs";
import { baseImage } from "./engine/base-image.mjs";
import { removeDaemon, startDaemon, stopDaemon } from "./engine/daemon.mjs";
import { paths, step } from "./engine/paths.mjs";
import { workspaceNode } from "./setup.mjs";

const commands = {
  async start() {
    await installPackages();
    await startDaemon();
    await baseImage();
    console.log(`export CLAWD_TEST_DOCKER_HOST=unix://${paths.socket}`);
  },
  async images(...names) {
    const program = fileURLToPath(new URL("engine/sandbox-images.mjs", import.meta.url));
    const args = [
      "--conditions=@clawd/source",
      "--no-warnings",
      program,
      ...(names.length > 0 ? names : ["sandbox"]),
    ];
    const { status } = await step("building images", () =>
      spawnSync(workspaceNode(), args, { stdio: "inherit" }),
    );
    if (status !== 0) throw new Error("the images were not built.");
  },
  stop: stopDaemon,
  daemon: startDaemon,
  remove: removeDaemon,
};

const [name, ...rest] = process.argv.slice(2);
const command = commands[name];
if (command === undefined || (rest.length > 0 && name !== "images")) {
  console.error("usage: node tools/engine.mjs start|images|stop|daemon|remove");
  process.exit(2);
}
try {
  await command(...rest);
} catch (error) {
  console.error(`Container engine: ${error.message}`);
  process.exitCode = 1;
}
