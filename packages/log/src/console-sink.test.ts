import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { consoleSink, type ConsoleSinkOptions } from "./console-sink.ts";
import type { LogEntry } from "./entry.ts";

const entry: LogEntry = {
  time: "2026-01-10T11:22:33.444Z",
  level: "warn",
  message: "No route",
  fields: new Map<string, string | number>([
    ["chat", "group:1"],
    ["title", "my group"],
    ["count", 2],
  ]),
};

function shownBy(options: Omit<ConsoleSinkOptions, "stream"> & { isTTY?: boolean }): string {
  let shown = "";
  const { isTTY = false, ...rest } = options;
  consoleSink({ stream: { isTTY, write: (text) => (shown += text) }, ...rest }).write(entry);
  return shown;
}

test("off a terminal a line is plain, with the whole time", () => {
  expect(shownBy({})).toBe('2026-01-10T11:22:33.444Z warn  No route chat=group:1 title="my group" count=2\n');
});

test("on a terminal a line is short and coloured, unless NO_COLOR says otherwise", () => {
  expect(shownBy({ isTTY: true })).toContain("\u001B[33mwarn \u001B[0m");
  expect(shownBy({ isTTY: true, environment: { NO_COLOR: "1" } })).toBe(
    '11:22:33 warn  No route chat=group:1 title="my group" count=2\n',
  );
});

test("json is the line of the file", () => {
  expect(JSON.parse(shownBy({ style: "json", isTTY: true }))).toEqual({
    time: entry.time,
    level: "warn",
    message: "No route",
    chat: "group:1",
    title: "my group",
    count: 2,
  });
});

test("a stream that throws or breaks does not end the gateway", () => {
  const stream = Object.assign(new EventEmitter(), {
    write: () => {
      throw new Error("EPIPE");
    },
  });
  const sink = consoleSink({ stream });
  expect(() => sink.write(entry)).not.toThrow();
  expect(() => stream.emit("error", new Error("EPIPE"))).not.toThrow();
  sink.close();
  expect(stream.listenerCount("error")).toBe(0);
});
