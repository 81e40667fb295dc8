// Preloaded into a command whose largest resident size is wanted.
import { writeSync } from "node:fs";

process.on("exit", () => writeSync(1, `peak ${process.resourceUsage().maxRSS} kB\n`));
