import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { placeConformance } from "@clawd/sandbox/conformance";
import { describe, test } from "vitest";
import { hostEnvironment } from "./environment.ts";
import { hostPlace } from "./host-place.ts";

placeConformance(
  {
    name: "the host is a place",
    async create() {
      const workspace = mkdtempSync(join(tmpdir(), "clawd-host-"));
      const place = hostPlace({ workspace, environment: hostEnvironment() });
      return {
        place,
        async end() {
          place.end();
          rmSync(workspace, { recursive: true });
        },
      };
    },
  },
  { describe, test, skip: test.skip },
);
