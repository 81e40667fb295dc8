import type { Saying } from "@clawd/emulators/telegram";
import type { Update } from "grammy/types";
import { describe, expect, test } from "vitest";
import { advanceUntil, bench, type Bench } from "../test/harness.ts";
import { albumOf } from "./album.ts";
import { albumPause } from "./gather.ts";

const photo = { base64: Buffer.from("jpeg").toString("base64") };
const secret = "s3cret-of-the-webhook";
const webhookUrl = "https://bot.example.com/telegram";

function aPart(set: Bench, more: Partial<Saying> = {}): Update {
  return set.control.say({ from: set.ada, photo, album: "7", ...more }).update as Update;
}

/** The events, once there are so many; time goes on meanwhile. */
async function events({ ports }: Bench, count: number) {
  await advanceUntil(ports.clock, 200, () => ports.events.length >= count);
  return ports.events;
}

describe.each(["polling", "webhook"] as const)("an album that comes by %s", (way) => {
  /** Started; `deliver` gives what was said to the connection, as Telegram would. */
  async function started() {
    const set = await bench(way === "webhook" ? { webhookUrl, webhookSecret: secret } : {});
    /** Whether the connection waits for the rest of an album. */
    let isWaiting = false;
    const real = { ...set.ports.clock };
    Object.assign(set.ports.clock, {
      sleep(milliseconds: number, signal?: AbortSignal) {
        isWaiting ||= milliseconds === albumPause;
        return real.sleep(milliseconds, signal);
      },
    });
    await set.connection.start();
    const post = async (update: Update) => {
      const headers = { "x-telegram-bot-api-secret-token": secret };
      const body = JSON.stringify(update);
      const response = await set.ports.mounts.get("/telegram")!(
        new Request(webhookUrl, { method: "POST", headers, body }),
      );
      return response.status;
    };
    const deliver = (...updates: readonly Update[]) =>
      way === "webhook" ? Promise.all(updates.map(post)) : Promise.resolve([]);
    return { ...set, deliver, waiting: () => expect.poll(() => isWaiting).toBe(true) };
  }

  test("is one event with all its pictures, its words and its first message", async () => {
    const set = await started();
    const parts = [aPart(set), aPart(set, { text: "/what is this" }), aPart(set)];
    const delivered = set.deliver(...parts);
    const [event, ...others] = await events(set, 1);
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      eventId: `update:${parts[2]!.update_id}`,
      messageId: String(parts[0]!.message!.message_id),
      text: "/what is this",
      command: { name: "what", args: "is this" },
    });
    expect(event!.attachments).toHaveLength(3);
    if (way === "webhook") expect(await delivered).toEqual([200, 200, 200]);
  });

  test("waits for parts that come a little later, and nothing of the chat overtakes it", async () => {
    const set = await started();
    const first = set.deliver(aPart(set));
    await set.ports.clock.advance(100);
    const later = set.deliver(aPart(set), set.control.say({ from: set.ada, text: "after" }).update as Update);
    expect((await events(set, 2)).map(({ attachments, text }) => [attachments.length, text])).toEqual([
      [2, ""],
      [0, "after"],
    ]);
    await Promise.all([first, later]);
  });

  test("is two events when two people send it, or when it is two albums", async () => {
    const set = await started();
    const bo = set.control.addUser({ firstName: "Bo" }).id;
    const inLab = { chat: set.lab };
    const delivered = set.deliver(
      aPart(set, inLab),
      aPart(set, { ...inLab, from: bo, text: "mine" }),
      aPart(set, { ...inLab, album: "8" }),
      aPart(set, inLab),
    );
    const senders = (await events(set, 3)).map(({ sender, text, attachments }) => [
      sender.id,
      text,
      attachments.length,
    ]);
    expect(senders).toEqual([
      [String(set.ada), "", 2],
      [String(bo), "mine", 1],
      [String(set.ada), "", 1],
    ]);
    await delivered;
  });

  test("that cannot be stored comes again, whole", async () => {
    const set = await started();
    let refusals = 1;
    set.ports.inbox = () => (refusals-- > 0 ? Promise.reject(new Error("full")) : Promise.resolve());
    const parts = [aPart(set), aPart(set)];
    const first = set.deliver(...parts);
    if (way === "webhook") {
      await advanceUntil(set.ports.clock, 200, () => refusals < 1);
      expect(await first).toEqual([503, 503]);
      void set.deliver(...parts);
    }
    expect((await events(set, 1)).map(({ attachments }) => attachments.length)).toEqual([2]);
  });

  test("is left to Telegram when the connection stops meanwhile", async () => {
    const set = await started();
    const delivered = set.deliver(aPart(set), aPart(set));
    await set.waiting();
    await set.connection.stop();
    expect(set.ports.events).toEqual([]);
    if (way === "webhook") expect(await delivered).toEqual([503, 503]);
    else expect(set.control.countPending()).toBe(2);
  });
});

test("a part that is delivered once more is no second event", async () => {
  const set = await bench({ webhookUrl, webhookSecret: secret });
  await set.connection.start();
  const post = (update: Update) =>
    set.ports.mounts.get("/telegram")!(
      new Request(webhookUrl, {
        method: "POST",
        headers: { "x-telegram-bot-api-secret-token": secret },
        body: JSON.stringify(update),
      }),
    );
  const parts = [aPart(set), aPart(set)];
  void parts.map(post);
  await events(set, 1);
  let status = 0;
  void Promise.resolve(post(parts[0]!)).then((response) => (status = response.status));
  await advanceUntil(set.ports.clock, 200, () => status !== 0);
  expect([status, set.ports.events.length]).toEqual([200, 1]);
});

test.each([
  {},
  { message: null },
  { message: 42 },
  { message: { media_group_id: "7" } },
  { message: { media_group_id: "7", chat: null } },
  { message: { media_group_id: 7, chat: { id: 1 } } },
  { edited_message: { media_group_id: "7", chat: { id: 1 } } },
])("%j is no part of an album", (update) => {
  expect(albumOf(update as unknown as Update)).toBeUndefined();
});
