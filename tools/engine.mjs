// A container engine for the tests, of this clone alone. Needs root on Debian.
//   start   installs what is missing, starts it, makes the base image; prints the line that makes the tests find it
//   stop    ends it with everything that it started and mounted; its images stay
//   daemon  only starts it
//   remove  stops it and removes its images
import { installPackages } from "./engine/packages.mjs";
import { baseImage } from "./engine/base-image.mjs";
import { removeDaemon, startDaemon, stopDaemon } from "./engine/daemon.mjs";
import { paths } from "./engine/paths.mjs";

const commands = {
  async start() {
    await installPackages();
    await startDaemon();
    await baseImage();
    console.log(`export CLAWD_TEST_DOCKER_HOST=unix://${paths.socket}`);
  },
  stop: stopDaemon,
  daemon: startDaemon,
  remove: removeDaemon,
};

const command = commands[process.argv[2]];
if (command === undefined || process.argv.length !== 3) {
  console.error("usage: node tools/engine.mjs start|stop|daemon|remove");
  process.exit(2);
}
try {
  await command();
} catch (error) {
  console.error(`Container engine: ${error.message}`);
  process.exitCode = 1;
}
