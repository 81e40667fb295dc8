/** What the documents tell a person to type works: the README's commands run in its order, every other one exists. */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aHome, clawdbot } from "./harness.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

interface Block {
  readonly language: string;
  readonly note: string;
  readonly code: string;
}

function blocksOf(path: string): readonly Block[] {
  const text = readFileSync(join(root, path), "utf8");
  return [...text.matchAll(/^```(\S*)[ ]?(.*)\n([\s\S]*?)^```/gm)].map(
    ([, language = "", note = "", code = ""]) => ({ language, note, code }),
  );
}

const documents = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
  ...["packages", "examples"].flatMap((group) =>
    readdirSync(join(root, group)).flatMap((name) =>
      readdirSync(join(root, group, name)).includes("README.md") ? [`${group}/${name}/README.md`] : [],
    ),
  ),
];

describe("the README's commands, pasted in its order into one shell", () => {
  const blocks = blocksOf("README.md");
  const shell = blocks.filter(({ language, note }) => language === "sh" && !note.startsWith("no-run"));
  const home = mkdtempSync(join(tmpdir(), "clawd-readme-"));
  const ports = { 18789: 18_789, 8081: 8081 };
  let outputs: readonly { readonly status: number; readonly output: string }[] = [];

  beforeAll(async () => {
    ports[18789] = await freePort(18_789);
    ports[8081] = await freePort(8081);
    outputs = await paste(shell.map(({ code }) => withPorts(code)));
  }, 250_000);
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  test.each(shell.map(({ code }, index) => [code.trim().split("\n").at(-1)!, index] as const))(
    "%s",
    (_, index) => {
      const { status, output } = outputs[index] ?? {
        status: -1,
        output: `never came: ${JSON.stringify(outputs)}`,
      };
      expect(status, output).toBe(0);
      const shown = blocks[blocks.indexOf(shell[index]!) + 1];
      if (shown?.language === "text") expectShown(output, shown.code);
    },
  );

  /** Another port where the documented one is taken, by the gateway of whoever runs the tests. */
  function withPorts(code: string): string {
    const start = ports[18789] === 18_789 ? "npm start" : `npm start -- --port ${ports[18789]}`;
    return code
      .replaceAll(/^npm start/gm, start)
      .replaceAll("18789", String(ports[18789]))
      .replaceAll("8081", String(ports[8081]));
  }

  function paste(codes: readonly string[]): Promise<{ status: number; output: string }[]> {
    const script = join(home, "readme.sh");
    writeFileSync(script, codes.map((code, index) => `${code}\necho "<end of ${index}: $?>"\n`).join(""));
    mkdirSync(join(home, "tmp"));
    const own = [join(root, "node_modules"), join(root, ".tools")];
    const path = process.env["PATH"]!.split(delimiter).filter(
      (one) => !own.some((start) => one.startsWith(start)),
    );
    const child = spawn("bash", [script], {
      cwd: root,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: path.join(delimiter),
        HOME: home,
        TMPDIR: join(home, "tmp"),
        CLAWDBOT_LOG_DIR: join(home, "log"),
        npm_config_update_notifier: "false",
        ...(process.env["CI"] === undefined ? {} : { CI: process.env["CI"] }),
      },
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    // Everything that the script left running is in its process group.
    const timer = setTimeout(() => process.kill(-child.pid!, "SIGTERM"), 240_000);
    return new Promise((resolve) => {
      child.on("close", () => {
        clearTimeout(timer);
        const parts = text.split(/<end of \d+: (\d+)>\n/);
        resolve(
          Array.from({ length: Math.ceil(parts.length / 2) }, (_, index) => ({
            output: parts[2 * index]!,
            status: Number(parts[2 * index + 1] ?? -1),
          })),
        );
      });
    });
  }

  /** Every line that the README shows came, in this order; what differs from run to run may differ. */
  function expectShown(output: string, shown: string): void {
    const came = normal(output).split("\n");
    let from = 0;
    for (const line of normal(shown)
      .split("\n")
      .filter((one) => one !== "" && one !== "…")) {
      const pattern = new RegExp(`^${line.split("…").map(literally).join(".*")}$`);
      const at = came.findIndex((one, index) => index >= from && pattern.test(one));
      expect(
        at,
        `the README shows\n${line}\nand this came:\n${came.slice(from).join("\n")}`,
      ).toBeGreaterThanOrEqual(0);
      from = at + 1;
    }
  }

  function normal(text: string): string {
    return text
      .replaceAll(String(ports[18789]), "18789")
      .replaceAll(String(ports[8081]), "8081")
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
      .replaceAll(/\/\S*\/tmp\.\w{10}/g, "/DIRECTORY")
      .replaceAll(/(?<=telegram |code: |^)[A-Z2-9]{8}(?=$|  )/gm, "CODE");
  }
});

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", () => (wanted === 0 ? reject(new Error("no free port")) : resolve(freePort(0))));
    server.listen(wanted, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

test.each(documents)("every shell block of %s can be parsed", (path) => {
  for (const { language, code } of blocksOf(path)) {
    if (language !== "sh") continue;
    const { status, stderr } = spawnSync("bash", ["-n"], { input: code, encoding: "utf8" });
    expect(status, `${code}${stderr}`).toBe(0);
  }
});

test("every command of clawdbot that a document names is in its help", async () => {
  const home = aHome();
  const { stdout } = await clawdbot(home, ["--help"]);
  home.remove();
  const known = [...stdout.matchAll(/^ {2}clawdbot ([a-z]+(?: [a-z]+)?)/gm)].map(([, words]) => words!);
  expect(known).toContain("pairing approve");
  const named = documents.flatMap((path) =>
    [...readFileSync(join(root, path), "utf8").matchAll(/(?:`|npx |^)clawdbot ([a-z]+)(?: ([a-z]+))?/gm)].map(
      ([, first, second]) => ({ path, words: [first, second].filter(Boolean).join(" ") }),
    ),
  );
  expect(named.length).toBeGreaterThan(10);
  const isKnown = (words: string) =>
    known.some(
      (command) => words === command || words.startsWith(`${command} `) || command === words.split(" ")[0],
    );
  expect(named.filter(({ words }) => !isKnown(words))).toEqual([]);
});
