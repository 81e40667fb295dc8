/**
 * Buttons below a message. One says its command in the name of whoever presses it, as if they had written it, and gives no
 * right to it. What a network cannot carry whole is written out and never shortened: a shorter command is another one.
 */
import { parseCommand } from "./parse-command.ts";
import { SendError } from "./send-error.ts";

export interface Button {
  /** Shown; one visible line. */
  readonly label: string;
  /** `/approve 1f2e3d4c`. */
  readonly command: string;
}

/** What every network with buttons carries. `label`: UTF-16 code units; `command`: bytes of UTF-8; `count`: in one message. */
export const buttonLimits = { label: 40, command: 64, count: 8 } as const;

/** Whether every network with buttons can show it as it is. */
export function fitsButton({ label, command }: Button): boolean {
  const isLabel = label.length <= buttonLimits.label && /^[^\p{C}\p{Zl}\p{Zp}\s]/u.test(label);
  const isLine = !/[\p{C}\p{Zl}\p{Zp}]/u.test(label + command) && label === label.trim();
  const isCommand = parseCommand(command, []) !== null && command === command.trim();
  return isLabel && isLine && isCommand && new TextEncoder().encode(command).length <= buttonLimits.command;
}

/** For people without the buttons: a line for each, to be written below the message. */
export function writtenOut(buttons: readonly Button[]): string {
  return buttons.map(({ label, command }) => `${label}: ${command}`).join("\n");
}

/**
 * For a provider, before it sends anything of the message.
 * @throws SendError CLAWD_BUTTON, `rejected`: a button would have to be shortened, or there are too many
 */
export function checkButtons(buttons: readonly Button[] = []): void {
  if (buttons.length <= buttonLimits.count && buttons.every(fitsButton)) return;
  throw new SendError("CLAWD_BUTTON", "A button of the message cannot be shown as it is.", {
    outcome: "rejected",
    hint: `Write its command out: at most ${buttonLimits.count} buttons, with labels of ${buttonLimits.label} characters and commands of ${buttonLimits.command} bytes.`,
  });
}
