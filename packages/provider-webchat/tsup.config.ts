import { cp } from "node:fs/promises";
import { defineConfig } from "tsup";

// JavaScript only; "tsc -p tsconfig.build.json" writes the declarations. The page is copied as it is.
export default defineConfig({
  entry: ["src/index.ts", "src/network.ts"],
  format: ["esm"],
  target: "node22",
  // `node:sqlite` exists under that name alone.
  removeNodeProtocol: false,
  sourcemap: true,
  clean: true,
  onSuccess: () => cp("src/page", "dist/page", { recursive: true }),
});
