import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("the main entry loads no zod, so a command that validates nothing does not pay for it", () => {
  const entry = JSON.stringify(new URL("index.ts", import.meta.url).href);
  const script = `
    import { registerHooks } from "node:module";
    const seen = [];
    registerHooks({ load: (url, context, next) => { seen.push(url); return next(url, context); } });
    await import(${entry});
    console.log(JSON.stringify(seen));`;
  const seen = JSON.parse(
    execFileSync(process.execPath, ["--conditions=@clawd/source", "--input-type=module", "-e", script], {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      encoding: "utf8",
    }),
  ) as string[];
  expect(seen.some((url) => url.includes("momoa"))).toBe(true);
  expect(seen.filter((url) => url.includes("/zod/"))).toEqual([]);
});
