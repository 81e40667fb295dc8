import { expect, test } from "vitest";
import { aMessage, bench } from "../test/harness.ts";

test("a flood of presses is stored whole, and is not answered by a flood", async () => {
  const { connection, control, ports, ada } = await bench();
  await connection.start();
  const { messageId } = await connection.send(aMessage({ id: String(ada) }));
  const press = { from: ada, chat: ada, messageId: Number(messageId), isForged: true };
  for (let at = 0; at < 300; at += 1) control.press({ ...press, data: `/approve ${at}` });
  await ports.until(() => ports.events.length === 300);
  const answered = () => control.calls.filter(({ method }) => method === "answerCallbackQuery").length;
  while (answered() < 10) await new Promise(setImmediate);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(answered()).toBe(10);
});

test("a press that cannot be acknowledged is stored all the same", async () => {
  const { connection, control, ports, ada } = await bench();
  await connection.start();
  const { messageId } = await connection.send(aMessage({ id: String(ada) }));
  const press = { from: ada, chat: ada, messageId: Number(messageId), isForged: true };
  control.failNext({ method: "answerCallbackQuery", status: 400 });
  control.press({ ...press, data: "/approve 1" });
  await ports.until(() => ports.events.length === 1);
  control.failNext({ method: "answerCallbackQuery", cutSocket: true });
  control.press({ ...press, data: "/approve 2" });
  await ports.until(() => ports.events.length === 2);
  expect(ports.states.at(-1)).toEqual({ state: "connected" });
});
