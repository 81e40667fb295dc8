// `npm run new:provider -- <id>`: a package for one more chat network that passes the type check and the conformance suite
// before a line of it is written. It is the kit's own example under another name, over a network in memory.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const example = join(root, "packages/provider-kit/test/example");

const [id = "", ...rest] = process.argv.slice(2);
const folder = join(root, "packages", `provider-${id}`);
const problem = findProblem();
if (problem !== undefined) {
  console.error(`${problem}\n`);
  console.error("Use: npm run new:provider -- <id>, for example: npm run new:provider -- matrix");
  process.exit(2);
}

const label = id[0].toUpperCase() + id.slice(1);
try {
  mkdirSync(folder);
  for (const part of ["src", "test"]) cpSync(join(example, part), join(folder, part), { recursive: true });
  for (const path of filesBelow(folder)) writeFileSync(path, renamed(readFileSync(path, "utf8")));
  for (const [path, text] of Object.entries(ownFiles())) writeFileSync(join(folder, path), text);
} catch (error) {
  // Half a package would stand in the way of the next try.
  rmSync(folder, { recursive: true, force: true });
  console.error(`packages/provider-${id} could not be written: ${error.message}`);
  process.exit(1);
}

console.log(`packages/provider-${id} is there. Next:

  npm test -- --project provider-${id}     installs it first; it passes already: keep it so

Then put the network's own library into src/wire.ts, its facts into src/translate.ts, its files into src/files.ts (or
none: say so there), an emulator of it into test/memory-network.ts, and remove the skips in test/conformance.test.ts that no longer hold. To switch it on, add
it to apps/gateway/src/providers.ts.`);

function findProblem() {
  if (id === "") return "Which network? There is no id.";
  if (rest.length > 0) return `One id at a time: "${rest[0]}" is one too many.`;
  if (!/^[a-z][a-z0-9]{1,30}$/.test(id)) {
    return `"${id}" is no id: 2 to 31 lower-case letters and digits, the first one a letter.`;
  }
  if (id === "kit" || id === "example") return `"${id}" is taken by the kit itself.`;
  if (existsSync(folder))
    return `packages/provider-${id} exists already: remove it first, or take another id.`;
  if (!existsSync(example))
    return "packages/provider-kit/test/example is missing: the clone is not complete.";
  return undefined;
}

function filesBelow(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function renamed(text) {
  return text
    .replaceAll(/\b[Tt]he example\b/g, label)
    .replaceAll("EXAMPLE", id.toUpperCase())
    .replaceAll("Example", label)
    .replaceAll("example", id);
}

/** What a package has and the example has not. */
function ownFiles() {
  return {
    "package.json": `${JSON.stringify(manifest(), null, 2)}\n`,
    "tsconfig.json": `{
  "extends": "../../tsconfig.base.json",
  "include": ["src", "test", "proof", "bench", "*.config.ts"]
}
`,
    "tsconfig.build.json": `{
  "extends": "../../tsconfig.base.json",
  "compilerOptions": {
    "rootDir": "src",
    "outDir": "dist",
    "noEmit": false,
    "emitDeclarationOnly": true,
    "customConditions": []
  },
  "include": ["src"],
  "exclude": ["src/**/*.test.ts"]
}
`,
    "tsup.config.ts": `import { defineConfig } from "tsup";

// JavaScript only; "tsc -p tsconfig.build.json" writes the declarations.
export default defineConfig({
  entry: ["src/index.ts"],
  format: ["esm"],
  target: "node22",
  sourcemap: true,
  clean: true,
});
`,
    "src/settings.ts": `/** The config keys of ${label}, beside the access rules. None has a default: an account that sets none inherits the network's. */
import { z } from "zod";

export const settings = {
  token: z.string().min(1).optional(),
  /** Absent: ${label}'s own. */
  apiRoot: z.url({ protocol: /^https?$/, error: "must be an http or https address" }).optional(),
};

export type Settings = z.output<z.ZodObject<typeof settings>>;

export const secretSettings: readonly string[] = ["token"];
`,
    "README.md": readme(),
  };
}

function manifest() {
  const kit = JSON.parse(readFileSync(join(root, "packages/provider-kit/package.json"), "utf8"));
  const built = { types: "./dist/index.d.ts", default: "./dist/index.js" };
  return {
    name: `@clawd/provider-${id}`,
    version: kit.version,
    description: `${label} for Clawdbot.`,
    license: "MIT",
    files: ["dist"],
    type: "module",
    sideEffects: false,
    exports: {
      ".": { "@clawd/source": "./src/index.ts", ...built },
      "./package.json": "./package.json",
    },
    publishConfig: { exports: { ".": built, "./package.json": "./package.json" }, access: "public" },
    scripts: {
      build: "tsup && tsc -p tsconfig.build.json",
      typecheck: "tsc -p .",
      test: `vitest run --root ../.. --project provider-${id}`,
      "check:package": "publint --strict && attw --pack . --profile esm-only --quiet",
    },
    dependencies: { "@clawd/kernel": "workspace:^", "@clawd/provider-kit": "workspace:^", zod: "catalog:" },
    devDependencies: {
      "@types/node": "catalog:",
      "fast-check": "catalog:",
      tsup: "catalog:",
      typescript: "catalog:",
      vitest: "catalog:",
    },
    engines: kit.engines,
  };
}

function readme() {
  const code = (name) => `\`CLAWD_${id.toUpperCase()}_${name}\``;
  return `# @clawd/provider-${id}

${label} for Clawdbot.

\`\`\`ts
import { network } from "@clawd/provider-${id}";

console.log(network.canonicalSender("${id}:42")); // { ok: true, id: "42" }
\`\`\`

## Guarantees

- It passes the conformance suites of \`@clawd/provider-kit\`: see \`test/conformance.test.ts\`, which also says what is skipped and why.
- Files are announced by their id and downloaded when somebody asks, to a limit and from ${label} only; they go out as what they are.
- Ids are ${label}'s own immutable ones; names are shown and never matched.

## Not here

Decisions: it turns ${label}'s events into facts and sends what it is told to.

## Error codes

| code | when | remedy |
| --- | --- | --- |
| ${code("AUTH")} | ${label} refuses the token | set ${id}.token to a valid one |
| ${code("UNREACHABLE")} | ${label} cannot be reached | wait: it is tried again; check the network and ${id}.apiRoot |
| ${code("REFUSED")} | ${label} refused a message for good | the person may have blocked the bot |
| ${code("CUT_OFF")} | ${label} did not answer | the message may have arrived |
| ${code("NOT_SENT")} | ${label} did not take a message | it can be sent again |
| \`CLAWD_FILE_…\` | a file is not got, or not sent | see \`@clawd/provider-kit\` |
| \`CLAWD_PROVIDER_NOT_STARTED\` | a message or a download before the start | call start() first |
`;
}
