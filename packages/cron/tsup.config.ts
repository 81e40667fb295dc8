import { defineConfig } from "tsup";

// JavaScript only; "tsc -p tsconfig.build.json" writes the declarations.
export default defineConfig({
  entry: ["src/index.ts", "src/schema.ts"],
  format: ["esm"],
  target: "node22",
  // `node:sqlite` exists under that name alone.
  removeNodeProtocol: false,
  sourcemap: true,
  clean: true,
});
