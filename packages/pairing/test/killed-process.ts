/** Approves a code and kills itself at the given point: an even one before a write, an odd one after it. */
import { realDisk } from "../src/disk.ts";
import { filePairingStore } from "../src/file.ts";
import { aPairing } from "./a-pairing.ts";

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
aPairing({ store }).pairing.approve(code);
