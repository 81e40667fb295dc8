/** Keeps files without end, each of other bytes, and says the digest of each that was kept, until it is killed. */
import { systemClock } from "@clawd/kernel";
import { openMedia } from "@clawd/store";
import { randomBytes } from "node:crypto";
import { writeSync } from "node:fs";

const media = openMedia({ directory: process.argv[2]!, clock: systemClock });
for (;;) writeSync(1, `${await media.keep(randomBytes(200_000))}\n`);
