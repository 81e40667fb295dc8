/** Approves a code and kills itself at the given point: an even one before a write, an odd one after it. */
import { realDisk } from "../src/disk.ts";
import { filePairingStore } from "../src/file.ts";
import { aPairing, hour } from "./a-pairing.ts";

const [directory = "", provider = "", code = "", stopAt = ""] = process.argv.slice(2);
let points = 0;

function point(): void {
  if (points++ === Number(stopAt)) process.kill(process.pid, "SIGKILL");
}

const store = filePairingStore({
  directory,
  provider,
  disk: {
    ...realDisk,
    replace(path, text) {
      point();
      realDisk.replace(path, text);
      point();
    },
  },
});
const until = Date.UTC(2026, 0, 1) + hour;
aPairing({ store }).pairing.approve(code, { profile: "friend", until });
