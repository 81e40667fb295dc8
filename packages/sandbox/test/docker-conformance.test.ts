import { describe, test } from "vitest";
import { engineConformance } from "../src/conformance.ts";
import { withEngine } from "./real-engine.ts";

withEngine("every promise of an engine", (bench) => {
  engineConformance(
    {
      name: "Docker",
      create: async () => ({
        engine: bench.engine,
        image: bench.image.id,
        shell: ["/bin/busybox", "sh", "-c"],
      }),
    },
    { describe, test, skip: test.skip },
  );
});
