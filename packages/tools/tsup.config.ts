import { defineConfig } from "tsup";

// JavaScript only; "tsc -p tsconfig.build.json" writes the declarations.
export default defineConfig({
  entry: ["src/index.ts", "src/file-type.ts", "src/host.ts", "src/schema.ts"],
  format: ["esm"],
  target: "node22",
  sourcemap: true,
  clean: true,
});
