/** Buttons as Telegram has them: an inline keyboard, whose buttons give their command back as callback data. */
import type { Button } from "@clawd/provider-kit";
import type { InlineKeyboardMarkup } from "grammy/types";

const perRow = 2;

/** The part of a message that shows its buttons; empty without any. */
export function keyboardOf(buttons: readonly Button[] = []): {
  readonly reply_markup?: InlineKeyboardMarkup;
} {
  if (buttons.length === 0) return {};
  const keys = buttons.map(({ label, command }) => ({ text: label, callback_data: command }));
  const rows = Math.ceil(keys.length / perRow);
  const inline_keyboard = Array.from({ length: rows }, (_, row) =>
    keys.slice(row * perRow, (row + 1) * perRow),
  );
  return { reply_markup: { inline_keyboard } };
}
