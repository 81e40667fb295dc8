// Builds our images on the tests' engine, as `clawdbot sandbox build` does. Run by the workspace's own Node: it reads TypeScript.
import { dockerEngine } from "../../packages/sandbox/src/docker.ts";
import { buildImages } from "../../packages/sandbox/src/images.ts";
import { paths } from "./paths.mjs";

const engine = dockerEngine({ socket: paths.socket });
const settings = {
  network: "host",
  aptOptions: process.env.CLAWD_TEST_APT_OPTIONS ?? "",
  environment: process.env,
};
try {
  await buildImages(engine, process.argv.slice(2), (line) => console.error(line.slice(0, 160)), settings);
} catch (error) {
  console.error(`${error.message}\n${error.cause?.message ?? ""}`);
  process.exitCode = 1;
}
