import { defineConfig } from "tsup";

// JavaScript only; "tsc -p tsconfig.build.json" writes the declarations.
export default defineConfig({
  entry: {
    index: "src/index.ts",
    schema: "src/schema.ts",
    analysis: "src/analysis/index.ts",
    authzen: "src/authzen.ts",
    decide: "src/decide-only.ts",
  },
  format: ["esm"],
  target: "es2023",
  sourcemap: true,
  clean: true,
});
