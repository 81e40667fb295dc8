import fc from "fast-check";
import { expect, test } from "vitest";
import { buildReader } from "../src/docker/build-output.ts";
import { tarOf } from "../src/docker/tar.ts";
import { spawnSync } from "node:child_process";

const line = (message: object): string => `${JSON.stringify(message)}\r\n`;
const step = (number: number): string => line({ stream: `Step ${number}/2 : RUN thing ${number} ünïcode\n` });
const done = line({ aux: { ID: "sha256:1" } });

function reading() {
  const steps: string[] = [];
  return { steps, reader: buildReader((said) => steps.push(said)) };
}
const failure = (run: () => void): unknown => {
  try {
    run();
    return null;
  } catch (fault) {
    return fault;
  }
};

test("each step is told once, wherever the chunks end", () => {
  const bytes = Buffer.from(
    [step(1), line({ stream: "out\n" }), "\n", "not json\n", "7\n", "null\n", step(2), done].join(""),
  );
  fc.assert(
    fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 20 }), (places) => {
      const { steps, reader } = reading();
      const cuts = [...places, 0, bytes.length].toSorted((a, b) => a - b);
      for (const [index, end] of cuts.entries()) reader.push(bytes.subarray(cuts[index - 1] ?? 0, end));
      reader.end();
      expect(steps).toEqual(["Step 1/2 : RUN thing 1 ünïcode", "Step 2/2 : RUN thing 2 ünïcode"]);
    }),
  );
});

test("a stream that ends before there is an image is a fault, with the step that it ended in", () => {
  const { reader } = reading();
  reader.push(Buffer.from(step(1)));
  expect(failure(() => reader.end())).toMatchObject({
    code: "CLAWD_IMAGE_BUILD",
    message: expect.stringMatching(/^Step 1\/2 : .*the engine stopped before/),
  });
  expect(failure(() => reading().reader.end())).toMatchObject({ code: "CLAWD_IMAGE_BUILD" });
});

test("of a step that fails, the last lines are the cause, and those of the step before are not", () => {
  const { reader } = reading();
  const output = Array.from({ length: 100 }, (_, index) => line({ stream: `line ${index}\n` })).join("");
  reader.push(Buffer.from(step(1) + line({ stream: "earlier\n" }) + step(2) + output));
  const fault = failure(() => reader.push(Buffer.from(line({ error: "exit 1", errorDetail: { code: 1 } }))));
  expect(fault).toMatchObject({ message: "Step 2/2 : RUN thing 2 ünïcode: exit 1" });
  const { message } = (fault as Error).cause as Error;
  expect(message).toContain("line 99");
  expect(message).not.toMatch(/earlier|line 7$/m);
});

test("a line without an end is a fault before it fills the memory", () => {
  const { reader } = reading();
  const chunk = Buffer.alloc(65_536, "x");
  const fault = failure(() => {
    for (let sent = 0; sent < 1000; sent++) reader.push(chunk);
  });
  expect(fault).toMatchObject({ code: "CLAWD_IMAGE_BUILD" });
});

test("the archive is one that tar reads: names, bytes, and which are programs", () => {
  const archive = tarOf({
    Dockerfile: Buffer.from("FROM scratch"),
    "a/run.sh": Buffer.from("#!/bin/sh\n"),
    empty: Buffer.alloc(0),
  });
  const { stdout } = spawnSync("tar", ["--list", "--verbose", "--numeric-owner"], {
    input: archive,
    encoding: "utf8",
  });
  expect(
    stdout
      .trim()
      .split("\n")
      .map((entry) => entry.replaceAll(/\s+/g, " ").replace(/ \d{4}-.*? (?=\S+$)/, " ")),
  ).toEqual(["-rw-r--r-- 0/0 12 Dockerfile", "-rwxr-xr-x 0/0 10 a/run.sh", "-rw-r--r-- 0/0 0 empty"]);
});

test.each(["/etc/passwd", "../up", "a/../b", "a//b", "", ".", "..", "a\0b", "x".repeat(101), "ü"])(
  "%j is no name in an archive",
  (name) => {
    expect(failure(() => tarOf({ [name]: Buffer.alloc(1) }))).toMatchObject({ code: "CLAWD_IMAGE_BUILD" });
  },
);
