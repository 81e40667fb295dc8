/** What every bot with pairing does, whatever its network: declared as tests of the bot at hand. */
import type { Pairing } from "@clawd/pairing";
import { expect, test } from "vitest";

export interface Scene {
  readonly owner: string;
  readonly stranger: string;
  /** As people write to it in a room. */
  readonly mention: string;
  /** Both resolve once the bot has dealt with it. */
  readonly inDm: (from: string, text: string) => Promise<unknown>;
  readonly inRoom: (from: string, text: string) => Promise<unknown>;
  /** What the bot has said, oldest first. */
  readonly said: () => readonly (string | undefined)[];
  /** Of the bot of the test that runs. */
  readonly pairing: () => Pairing;
}

export const aCode = expect.stringMatching(/approve [A-Z2-9]{8}$/);

export function pairingStory({ owner, stranger, mention, inDm, inRoom, said, pairing }: Scene): void {
  test("a stranger gets one code and no answer", async () => {
    await inDm(stranger, "hello");
    await inDm(stranger, "hello?");
    expect(said()).toEqual([aCode]);
  });

  test("the owner approves the code by chat, and the stranger is answered", async () => {
    await inDm(stranger, "hello");
    await inDm(owner, `approve ${pairing().list()[0]!.code}`);
    await inDm(stranger, "hello");
    expect(said()).toEqual([aCode, `${stranger} may write to me now.`, "Hello! You are listed to me."]);
  });

  test("nobody but an owner approves a code", async () => {
    await inDm(stranger, "hello");
    const { code } = pairing().list()[0]!;
    await inDm(stranger, `approve ${code}`);
    await inRoom(stranger, `${mention} approve ${code}`);
    expect(said()).toEqual([aCode]);
    expect(pairing().approved()).toEqual([]);
  });
}
