import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isEgressFault } from "./fault.ts";
import { createResolver } from "./resolver.ts";

/** A name server that answers each question (by its type) with these bytes, or with an error's number. */
type Answers = Readonly<Record<number, readonly Buffer[] | number>>;
const [typeA, typeAaaa] = [1, 28];

let server: Socket;
let answers: Answers;
let asked: string[];
beforeEach(async () => {
  asked = [];
  server = createSocket("udp4");
  server.on("message", (question, peer) => server.send(answerTo(question), peer.port, peer.address));
  server.bind(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

function answerTo(question: Buffer): Buffer {
  let end = 12;
  const labels: string[] = [];
  while (question[end] !== 0) {
    labels.push(question.toString("latin1", end + 1, end + 1 + question[end]!));
    end += question[end]! + 1;
  }
  const type = question.readUInt16BE(end + 1);
  asked.push(labels.join("."));
  const answer = answers[type] ?? [];
  const head = Buffer.alloc(12);
  question.copy(head, 0, 0, 2);
  head.writeUInt16BE(0x8180 | (typeof answer === "number" ? answer : 0), 2);
  head.writeUInt16BE(1, 4);
  const records = typeof answer === "number" ? [] : answer;
  head.writeUInt16BE(records.length, 6);
  const body = records.map((data) => {
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc00c, 0);
    record.writeUInt16BE(type, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt32BE(60, 6);
    record.writeUInt16BE(data.length, 10);
    return Buffer.concat([record, data]);
  });
  return Buffer.concat([head, question.subarray(12, end + 5), ...body]);
}

const resolve = () =>
  createResolver({ servers: [`127.0.0.1:${server.address().port}`] }).resolve("a.site.test");
const v4 = (...bytes: number[]) => Buffer.from(bytes);
const v6 = Buffer.from("26064700000000000000000000000001", "hex");
const refused = (work: Promise<unknown>) =>
  work.then(
    () => "resolved",
    (fault: unknown) => (isEgressFault(fault) ? fault.reason : fault),
  );

test("every record of both kinds is an answer, and no search domain is tried", async () => {
  answers = { [typeA]: [v4(93, 184, 216, 34), v4(10, 0, 0, 1)], [typeAaaa]: [v6] };
  expect(await resolve()).toEqual(["93.184.216.34", "10.0.0.1", "2606:4700::1"]);
  expect(new Set(asked)).toEqual(new Set(["a.site.test"]));
});

test("a name without records of one kind has those of the other", async () => {
  answers = { [typeA]: [v4(93, 184, 216, 34)], [typeAaaa]: [] };
  expect(await resolve()).toEqual(["93.184.216.34"]);
  answers = { [typeA]: [], [typeAaaa]: [v6] };
  expect(await resolve()).toEqual(["2606:4700::1"]);
});

test.each([
  ["no record at all", { [typeA]: [], [typeAaaa]: [] }],
  ["no such name", { [typeA]: 3, [typeAaaa]: 3 }],
  ["a failure for one kind", { [typeA]: [v4(93, 184, 216, 34)], [typeAaaa]: 2 }],
  ["a failure for the other", { [typeA]: 2, [typeAaaa]: [v6] }],
  ["a refusal", { [typeA]: 5, [typeAaaa]: 5 }],
  ["half a record", { [typeA]: [v4(93, 184)], [typeAaaa]: [] }],
])("T-G5: %s is no answer", async (_what, given) => {
  answers = given;
  expect(await refused(resolve())).toBe("name-unresolved");
});
