/** The container engine for tests: `CLAWD_TEST_DOCKER_HOST`. A developer without one is told what is skipped; CI has one, or fails. */
export const containerEngine = process.env["CLAWD_TEST_DOCKER_HOST"];
if (containerEngine === undefined && process.env["CI"])
  throw new Error("CI needs a container engine: set CLAWD_TEST_DOCKER_HOST (node tools/engine.mjs start).");
export const needsEngine = containerEngine === undefined ? " [skipped: set CLAWD_TEST_DOCKER_HOST]" : "";
