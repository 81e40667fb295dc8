import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "tsup";

/** The licences of what is bundled, as they ask for. */
const bundled = {
  "@anthropic-ai/sdk": "../../packages/agent/node_modules/@anthropic-ai/sdk",
  "@humanwhocodes/momoa": "../../packages/config/node_modules/@humanwhocodes/momoa",
  croner: "../../packages/cron/node_modules/croner",
  "ipaddr.js": "../../packages/egress/node_modules/ipaddr.js",
  parse5: "../../packages/egress/node_modules/parse5",
  zod: "node_modules/zod",
};
function bundledLicences(): string {
  return Object.entries(bundled)
    .map(([name, folder]) => {
      const file = join(folder, "LICENSE");
      if (existsSync(file)) return `${name}\n\n${readFileSync(file, "utf8").trim()}\n`;
      // A package without the text names its licence.
      const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<
        string,
        unknown
      >;
      return `${name}\n\n${String(manifest["license"])}\n`;
    })
    .join(`\n${"-".repeat(80)}\n\n`);
}

// One bundle, split so that a network's or the model's library is read only when it is needed (docs/decisions/001).
export default defineConfig({
  // The thread that drives a browser is found beside the code that starts it.
  entry: { main: "src/main.ts", "browser-driver": "../../packages/browser/src/driver/main.ts" },
  format: ["esm"],
  target: "node22",
  // `node:sqlite` exists under that name alone.
  removeNodeProtocol: false,
  platform: "node",
  splitting: true,
  treeshake: true,
  minify: false,
  sourcemap: false,
  clean: true,
  noExternal: [/^@clawd\//, ...Object.keys(bundled), "entities"],
  esbuildPlugins: [
    {
      // Half of zod's size are its messages in fifty languages; ours are English.
      name: "zod-in-english",
      setup(build) {
        build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
          contents: 'export { default as en } from "./en.js";',
        }));
      },
    },
    {
      // An ES import of a part of Node reads everything that part has, and "node:http" has a WebSocket that loads another
      // megabyte of code: 50 ms of the start. Taken this way, it is loaded as it is used.
      name: "parts-of-node-as-they-are-used",
      setup(build) {
        build.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
          kind === "dynamic-import" ? { path, external: true } : { path, namespace: "part-of-node" },
        );
        build.onLoad({ filter: /./, namespace: "part-of-node" }, ({ path }) => ({
          contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
        }));
      },
    },
  ],
  esbuildOptions(options) {
    options.conditions = ["@clawd/source", "module"];
  },
  onSuccess: async () => {
    // Assets that a package finds beside its own code.
    cpSync("../../packages/provider-webchat/src/page", "dist/page", { recursive: true });
    for (const folder of ["images", "supervisor"])
      cpSync(`../../packages/sandbox/${folder}`, `dist/${folder}`, { recursive: true });
    writeFileSync("dist/THIRD-PARTY-LICENSES.txt", bundledLicences());
  },
});
