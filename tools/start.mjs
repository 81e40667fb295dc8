// `npm start`: all set-up, then the gateway. Arguments after `--` go to `clawdbot gateway`.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { environment, root, setUp, workspaceNode } from "./setup.mjs";

setUp();
const gateway = spawn(
  workspaceNode(),
  [join(root, "apps/gateway/bin/clawdbot.mjs"), "gateway", "--first-steps", ...process.argv.slice(2)],
  { stdio: "inherit", env: environment },
);
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => gateway.kill(signal));
// The terminal sends Ctrl-C to the whole group; this process only waits for the gateway to finish.
process.on("SIGINT", () => {});
gateway.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
