import { fakeClock } from "@clawd/kernel/testing";
import { expect, test } from "vitest";
import { call } from "../src/docker/call.ts";

/** A promise that is settled by hand. */
function slowly() {
  let resolve: (value: string) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<string>((settle, fail) => {
    resolve = settle;
    reject = fail;
  });
  return { promise, resolve, reject };
}

const limits = (clock = fakeClock(), signal?: AbortSignal) => ({
  clock,
  milliseconds: 1000,
  doing: "wait",
  signal,
});

test("an answer that comes too late is let go, and the caller has its fault long before", async () => {
  const clock = fakeClock();
  const dropped: string[] = [];
  const slow = slowly();
  const answer = call(
    limits(clock),
    () => slow.promise,
    (late) => dropped.push(late),
  );
  const fault = expect(answer).rejects.toMatchObject({
    code: "CLAWD_ENGINE_UNAVAILABLE",
    message: "The container engine did not answer for 1 s when asked to wait.",
  });
  await clock.advance(1000);
  await fault;
  slow.resolve("late");
  await expect.poll(() => dropped).toEqual(["late"]);
});

test("an answer in time is not let go, and leaves no timer behind", async () => {
  const clock = fakeClock();
  const dropped: string[] = [];
  await expect(
    call(
      limits(clock),
      async () => "now",
      (late) => dropped.push(late),
    ),
  ).resolves.toBe("now");
  await clock.advance(10_000);
  expect(dropped).toEqual([]);
});

test("a failure that comes too late ends nobody", async () => {
  const clock = fakeClock();
  const slow = slowly();
  const stop = new AbortController();
  const answer = call(limits(clock, stop.signal), () => slow.promise);
  stop.abort();
  await expect(answer).rejects.toMatchObject({ code: "CLAWD_ENGINE_ABORTED" });
  slow.reject(new Error("late"));
  await clock.advance(10_000);
});

test("whatever is thrown is a fault with a remedy", async () => {
  const thrown = [
    null,
    undefined,
    "text",
    7,
    new Error("x"),
    { statusCode: 500, message: "x" },
    { statusCode: 404 },
    { code: "ENOENT" },
  ];
  for (const error of thrown)
    await expect(call(limits(), () => Promise.reject(error))).rejects.toMatchObject({
      code: expect.stringMatching(/^CLAWD_ENGINE_/),
      hint: expect.any(String),
    });
});

test("the engine's words are told in one line, without the host's paths; the cause has all of them", async () => {
  const message =
    "error while mounting '/home/anna/clawd/x' to\nrootfs at \"/var/lib/docker/overlay2/1/merged\": see http://a/b, 1/2";
  const thrown = Object.assign(new Error(message), { statusCode: 500, json: { message } });
  const fault = await call(limits(), () => Promise.reject(thrown)).catch((error: unknown) => error);
  expect(fault).toMatchObject({
    code: "CLAWD_ENGINE_REFUSED",
    message:
      "The container engine refused to wait: error while mounting '<path>' to rootfs at \"<path>\": see http://a/b, 1/2",
    cause: thrown,
  });
});
