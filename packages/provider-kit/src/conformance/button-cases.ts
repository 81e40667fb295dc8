/** What a provider promises about the buttons that it shows, and about whoever presses one. Run where it claims to have them. */
import assert from "node:assert/strict";
import { type Button, buttonLimits } from "../button.ts";
import type { InboundEvent } from "../event.ts";
import type { FakePorts } from "../fake-ports.ts";
import type { OutboundMessage, ProviderConnection } from "../provider.ts";
import { SendError } from "../send-error.ts";
import { assertFacts } from "./facts.ts";
import type { Press, ShownMessage } from "./harness.ts";
import type { Case } from "./runner.ts";
import { settled, type World } from "./world.ts";

type ButtonCase = Case<World>;
type Chat = OutboundMessage["chat"];

const accept: Button = { label: "Accept", command: "/approve 1f2e3d4c" };
const dismiss: Button = { label: "Dismiss", command: "/deny 1f2e3d4c" };

export const buttonCases: readonly ButtonCase[] = [
  {
    id: "button-press",
    promise: "a press comes as an event of whoever pressed, with the button's command and the message's id",
    async run(world) {
      const asked = await question(world, world.harness.dm);
      assert.deepEqual(asked.shown.buttons, [accept.label, dismiss.label]);
      const expected = await press(world, asked, { from: "alice", button: dismiss.label });
      const event = await pressed(world, asked.ports);
      assertFacts(event, expected, world.provider);
      assert.equal(event.text, dismiss.command);
      assert.deepEqual(event.command, { name: "deny", args: "1f2e3d4c" });
      assert.equal(event.messageId, asked.messageId);
    },
  },
  {
    id: "button-limits",
    promise:
      "a button within the limits is shown as it is, in every script; one beyond them is never shortened",
    async run(world) {
      let asked: Asked | undefined;
      let presses = 0;
      for (const character of ["a", "é", "字", "\u{1f99e}"]) {
        for (const part of ["label", "command"] as const) {
          const longest = filled(part, character, 0);
          asked = await question(world, world.harness.dm, [longest], asked);
          assert.deepEqual(asked.shown.buttons, [longest.label], "the whole label is shown");
          await press(world, asked, { from: "alice", button: longest.label });
          const { text } = await pressed(world, asked.ports, presses++);
          assert.equal(text, longest.command, "the whole command comes back");
          await refuses(world, asked, filled(part, character, 1));
        }
      }
    },
  },
  {
    id: "button-stranger",
    promise: "a press is of whoever pressed, not of whom the message was for",
    async run(world) {
      const asked = await question(world, group(world));
      const expected = await press(world, asked, { from: "bob", button: accept.label });
      const event = await pressed(world, asked.ports);
      assertFacts(event, expected, world.provider);
      await press(world, asked, { from: "alice", button: accept.label });
      const next = await pressed(world, asked.ports, 1);
      assert.notEqual(next.sender.id, event.sender.id);
    },
  },
  {
    id: "button-twice",
    promise: "two presses are two events, one that is delivered twice is one, and intake goes on after them",
    async run(world) {
      const asked = await question(world, world.harness.dm);
      await press(world, asked, { from: "alice", button: accept.label });
      await press(world, asked, { from: "alice", button: accept.label });
      await press(world, asked, { from: "alice", button: accept.label, twice: true });
      await world.deliver({ text: "after" });
      const { ports } = asked;
      await world.until("what follows arrives", () => ports.events.some(({ text }) => text === "after"));
      await world.settle();
      const presses = ports.events.filter(({ kind }) => kind === "button");
      assert.equal(new Set(presses.map(({ eventId }) => eventId)).size, 3);
    },
  },
  {
    id: "button-elsewhere",
    promise: "the chat of a press is the one it was made in, also where another has the same buttons",
    async run(world) {
      const direct = await question(world, world.harness.dm);
      const shared = await question(world, group(world), undefined, direct);
      const expected = await press(world, shared, { from: "alice", button: accept.label });
      const event = await pressed(world, direct.ports);
      assertFacts(event, expected, world.provider);
      assert.equal(event.chat.id, group(world).id);
      assert.equal(event.messageId, shared.messageId);
    },
  },
  {
    id: "button-used",
    promise: "the answer to a press takes the buttons away from where it was made, and from nowhere else",
    async run(world) {
      const other = await question(world, world.harness.dm);
      const asked = await question(world, world.harness.dm, undefined, other);
      await press(world, asked, { from: "alice", button: accept.label });
      await pressed(world, asked.ports);
      const answer = world.message({ replyToMessageId: asked.messageId, answersPress: true });
      await settled(world, asked.connection.send(answer));
      const left = () => world.harness.shown().map(({ buttons = [] }) => buttons.length);
      await world.until("the buttons are taken away", () => left().join(" ") === "2 0 0");
    },
  },
];

interface Asked {
  readonly connection: ProviderConnection;
  readonly ports: FakePorts;
  readonly chat: Chat;
  readonly messageId: string;
  readonly shown: ShownMessage;
}

async function question(
  world: World,
  chat: Chat,
  buttons: readonly Button[] = [accept, dismiss],
  over?: Pick<Asked, "connection" | "ports">,
): Promise<Asked> {
  const { connection, ports } = over ?? (await world.connected());
  const count = world.harness.shown().length;
  const { messageId } = await settled(world, connection.send(world.message({ chat, buttons })));
  await world.until("the message is shown", () => world.harness.shown().length > count);
  return { connection, ports, chat, messageId, shown: world.harness.shown()[count]! };
}

async function refuses(world: World, { connection }: Asked, tooLong: Button): Promise<void> {
  const before = world.harness.shown().length;
  const message = world.message({ buttons: [accept, tooLong] });
  const error = await settled(world, world.failure(connection.send(message)));
  assert.ok(error instanceof SendError && error.outcome === "rejected", 'the outcome is "rejected"');
  await world.settle();
  assert.equal(world.harness.shown().length, before, "nothing of the message is shown");
}

function press(world: World, { chat, messageId }: Asked, how: Omit<Press, "chat" | "messageId">) {
  assert.ok(world.harness.press, "A provider with buttons has a harness that can press them.");
  return world.harness.press({ ...how, chat, messageId });
}

async function pressed(world: World, ports: FakePorts, after = 0): Promise<InboundEvent> {
  const presses = () => ports.events.filter(({ kind }) => kind === "button");
  await world.until("the press reaches receive", () => presses().length > after);
  return presses()[after]!;
}

function group({ harness }: World): Chat {
  assert.ok(harness.group, "The harness has no group: declare a skip of this test, with the reason.");
  return harness.group;
}

/** As long as it may be with this character, and so many characters more. */
function filled(part: "label" | "command", character: string, more: number): Button {
  const start = part === "command" ? "/approve " : "";
  const size = part === "command" ? new TextEncoder().encode(character).length : character.length;
  const count = Math.floor((buttonLimits[part] - start.length) / size) + more;
  return { ...accept, [part]: start + character.repeat(count) };
}
