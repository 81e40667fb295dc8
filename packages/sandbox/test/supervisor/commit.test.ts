/** Between the beginning of a write and its end a hostile neighbour may do anything: what counts is looked at again at the end. */
import {
  chmodSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { reason, type, versionBytes } from "../../src/supervisor/frames.ts";
import { aTalk, frame, welcome, type Talk } from "./wire.ts";

let talk: Talk;
let directory: string;
let id = 0;
const file = () => join(directory, "file");

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "clawd-commit-"));
  chmodSync(directory, 0o777);
  writeFileSync(file(), "old", { mode: 0o666 });
  talk = await aTalk();
  talk.say(welcome(directory));
  id = 0;
});
afterEach(async () => {
  talk.stream.destroy();
  await talk.ended;
  rmSync(directory, { recursive: true });
});

async function version(): Promise<Buffer> {
  talk.say(frame(type.stat, ++id, Buffer.concat([Buffer.of(0), Buffer.from("file")])));
  return (await talk.next(type.status)).payload.subarray(-versionBytes);
}

/** Begins a write, lets `meanwhile` happen, ends it. Resolves with the answer's reason, 0 when it was written. */
async function written(expected: Uint8Array, name: string, meanwhile: () => void): Promise<number> {
  talk.say(
    frame(type.write, ++id, Buffer.concat([Buffer.of(0), expected, Buffer.from(name)])),
    frame(type.data, id, Buffer.from("new")),
  );
  await talk.next(type.credit);
  meanwhile();
  talk.say(frame(type.end, id));
  const answer = await talk.next(type.failed, type.status);
  return answer.type === type.failed ? answer.payload[0]! : 0;
}

const anything = Buffer.of(0);
const nothing = Buffer.of(1);

test("undisturbed, it is written", async () => {
  expect(await written(Buffer.concat([Buffer.of(2), await version()]), "file", () => {})).toBe(0);
  expect(readFileSync(file(), "utf8")).toBe("new");
});

test("a file that changed after the beginning is not replaced", async () => {
  const expected = Buffer.concat([Buffer.of(2), await version()]);
  expect(await written(expected, "file", () => writeFileSync(file(), "other"))).toBe(reason.changed);
  expect(readFileSync(file(), "utf8")).toBe("other");
  expect(readdirSync(directory)).toEqual(["file"]);
});

test("a name that was taken after the beginning is not taken away", async () => {
  expect(await written(nothing, "name", () => writeFileSync(join(directory, "name"), "theirs"))).toBe(
    reason.changed,
  );
  expect(readFileSync(join(directory, "name"), "utf8")).toBe("theirs");
});

test("a link that was put there after the beginning is neither followed nor replaced", async () => {
  const plant = () => {
    rmSync(file());
    symlinkSync("/etc/hostname", file());
  };
  expect(await written(anything, "file", plant)).toBe(reason.link);
});

test("a second name that was given after the beginning keeps the file as it is", async () => {
  expect(await written(anything, "file", () => linkSync(file(), join(directory, "second")))).toBe(
    reason.link,
  );
  expect(readFileSync(file(), "utf8")).toBe("old");
});

test("a write that is given up leaves nothing", async () => {
  talk.say(frame(type.write, ++id, Buffer.concat([Buffer.of(0), anything, Buffer.from("file")])));
  talk.say(frame(type.data, id, Buffer.from("new")), frame(type.close, id), frame(type.ping, 0));
  await talk.next(type.pong);
  talk.say(frame(type.ping, 0));
  await talk.next(type.pong);
  expect(readdirSync(directory)).toEqual(["file"]);
  expect(readFileSync(file(), "utf8")).toBe("old");
});
