/** One builder for the tests of the Anthropic emulator: a server and the real SDK pointed at it. */
import Anthropic from "@anthropic-ai/sdk";
import { onTestFinished } from "vitest";
import { startAnthropicEmulator, type AnthropicEmulatorOptions } from "../src/anthropic.ts";

export const model = "claude-opus-4-5";

export async function anAnthropic(options: AnthropicEmulatorOptions = {}) {
  const emulator = await startAnthropicEmulator(options);
  onTestFinished(() => emulator.stop());
  const client = new Anthropic({ apiKey: "sk-some-key", baseURL: emulator.url, maxRetries: 0 });
  return { emulator, control: emulator.control, client };
}

export const ask = (content: string) => ({
  model,
  max_tokens: 1000,
  messages: [{ role: "user" as const, content }],
});
