/** A gateway in miniature: opens the store of the directory given, writes one record, says so and stays. */
import { systemClock } from "@clawd/kernel";
import { openStore } from "@clawd/store";

const store = openStore({ directory: process.argv[2]!, clock: systemClock });
store.audit.append({ kind: "held" });
process.stdout.write("ready\n");
process.stdin.resume();
