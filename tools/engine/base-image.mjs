// `debian:bookworm-slim` without a registry: made from the machine's own package source, so that the real Dockerfiles build on it.
import { spawnSync } from "node:child_process";
import { createReadStream, existsSync, mkdirSync, renameSync } from "node:fs";
import { request } from "node:http";
import { dirname } from "node:path";
import { paths, step } from "./paths.mjs";

const without = ["man", "locale", "doc", "info", "lintian"].map(
  (name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`,
);

export async function baseImage() {
  if ((await ask("GET", "/images/debian:bookworm-slim/json")).status === 200) return;
  if (!existsSync(paths.base)) await step("making the base image with mmdebstrap", make);
  await step("importing the base image", async () => {
    const query = new URLSearchParams({
      fromSrc: "-",
      repo: "debian",
      tag: "bookworm-slim",
      changes: 'CMD ["bash"]',
    });
    const { status, body } = await ask("POST", `/images/create?${query}`, createReadStream(paths.base));
    if (status !== 200 || body.includes('"error"'))
      throw new Error(`the base image cannot be imported: ${body}`);
  });
}

function make() {
  mkdirSync(dirname(paths.base), { recursive: true });
  const unfinished = `${paths.base}.${process.pid}.tar`;
  const quick = ["--dpkgopt=force-unsafe-io", '--aptopt=Acquire::Languages "none"', ...without];
  const args = ["--quiet", "--variant=minbase", ...quick, "bookworm", unfinished];
  const { status, stderr } = spawnSync("mmdebstrap", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`mmdebstrap failed.\n${stderr}`);
  renameSync(unfinished, paths.base);
}

function ask(method, path, body) {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: paths.socket, method, path: `/v1.41${path}` }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => resolve({ status: answer.statusCode, body: Buffer.concat(parts).toString() }));
    });
    asked.on("error", reject);
    if (body === undefined) asked.end();
    else body.pipe(asked);
  });
}
