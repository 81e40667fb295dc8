import { defineConfig } from "tsup";

// JavaScript only; "tsc -p tsconfig.build.json" writes the declarations.
export default defineConfig({
  entry: {
    index: "src/index.ts",
    schema: "src/schema.ts",
    // Started as a thread, found beside the code.
    "browser-driver": "src/driver/main.ts",
  },
  format: ["esm"],
  target: "node22",
  sourcemap: true,
  clean: true,
});
