import { defineConfig } from "tsup";

// JavaScript only; "tsc -p tsconfig.build.json" writes the declarations.
export default defineConfig({
  entry: ["src/index.ts", "src/config.ts", "src/schema.ts", "src/docker.ts", "src/conformance.ts"],
  format: ["esm"],
  target: "node22",
  sourcemap: true,
  clean: true,
});
