// A container engine for the tests, of this clone alone: `node tools/engine.mjs start|stop`. Needs root on Debian.
// `start` prints the line that makes the tests find it; everything else goes to stderr. Without it, tests that need an engine are skipped.
import { installPackages } from "./engine/packages.mjs";
import { baseImage } from "./engine/base-image.mjs";
import { startDaemon, stopDaemon } from "./engine/daemon.mjs";
import { paths } from "./engine/paths.mjs";

const commands = {
  async start() {
    await installPackages();
    await startDaemon();
    await baseImage();
    console.log(`export CLAWD_TEST_DOCKER_HOST=unix://${paths.socket}`);
  },
  stop: stopDaemon,
};

const command = commands[process.argv[2]];
if (command === undefined || process.argv.length !== 3) {
  console.error("usage: node tools/engine.mjs start|stop");
  process.exit(2);
}
try {
  await command();
} catch (error) {
  console.error(`Container engine: ${error.message}`);
  process.exitCode = 1;
}
