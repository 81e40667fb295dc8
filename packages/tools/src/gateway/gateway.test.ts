import { expect, test } from "vitest";
import type { ConfigProposal, ControlAnswer, ControlPort } from "./control.ts";
import { gateway } from "./gateway.ts";

function start(said: ControlAnswer = { outcome: "done", text: "yes", keys: ["a.b"] }) {
  const asked: unknown[] = [];
  const port =
    (name: string) =>
    (input?: unknown): Promise<ControlAnswer> => {
      asked.push([name, input]);
      return Promise.resolve(said);
    };
  const control = {
    read: port("read"),
    schema: port("schema"),
    apply: port("apply"),
    restart: port("restart"),
  } as ControlPort;
  return {
    asked,
    call: (input: unknown) => gateway.call(input, { control }, new AbortController().signal),
  };
}

test("each action asks its port, and the record says which and what came of it", async () => {
  const { asked, call } = start();
  await call({ action: "config.get" });
  await call({ action: "config.schema", key: "tools" });
  await call({ action: "config.apply", patch: { a: { b: null } }, baseHash: "h" });
  await call({ action: "config.apply", raw: "{ a: 1 }", baseHash: "h" });
  const answer = await call({ action: "restart" });
  const proposal = (text: string, isPatch: boolean): ConfigProposal => ({ text, isPatch, baseHash: "h" });
  expect(asked).toEqual([
    ["read", undefined],
    ["schema", "tools"],
    ["apply", proposal('{"a":{"b":null}}', true)],
    ["apply", proposal("{ a: 1 }", false)],
    ["restart", { delayMs: 2000, reason: null }],
  ]);
  expect(answer).toMatchObject({
    isError: false,
    details: { receipt: { place: "gateway", action: "restart", outcome: "done", keys: ["a.b"] } },
  });
});

test("a refusal is an error, with the words of whoever refused", async () => {
  const { call } = start({ outcome: "widens", text: "Refused: no." });
  expect(await call({ action: "config.get" })).toEqual({
    content: [{ type: "text", text: "Refused: no." }],
    isError: true,
    details: { receipt: { place: "gateway", action: "config.get", outcome: "widens", keys: [] } },
  });
});

test("what nobody has made it able to do, it does not, and says so", async () => {
  const { asked, call } = start();
  const actions = ["update.run", "config.set", "", "__proto__", "Config.Get", "restart "];
  for (const action of actions) expect(await call({ action })).toMatchObject({ isError: true });
  const misused = [
    { action: "config.apply", baseHash: "h" },
    { action: "config.apply", raw: "{}", patch: {}, baseHash: "h" },
    { action: "config.apply", raw: "{}" },
    { action: "config.apply", raw: "x".repeat(200_001), baseHash: "h" },
    { action: "restart", delayMs: -1 },
    { action: "restart", delayMs: 60_001 },
    { action: "restart", reason: "x".repeat(201) },
    { action: "config.get", approved: true },
    { action: "config.get", gatewayUrl: "https://evil.test" },
    {},
    null,
  ];
  for (const input of misused)
    expect(await call(input), JSON.stringify(input).slice(0, 80)).toMatchObject({ isError: true });
  expect(asked).toEqual([]);
});
