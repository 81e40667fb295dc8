/** The version of the gateway, from its package.json. */
import { readFileSync } from "node:fs";

// From src/version.ts and from dist/*.js the file is one folder up.
const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

export const version = manifest.version;
