import Anthropic from "@anthropic-ai/sdk";
import { describe, expect, test } from "vitest";
import { anAnthropic, ask } from "../../test/an-anthropic.ts";

const text = "a text of several deltas, so that some of it arrives";

async function textUntilFault(client: Anthropic): Promise<{ shown: string; fault: unknown }> {
  let shown = "";
  try {
    const stream = await client.messages.create({ ...ask("go"), stream: true });
    for await (const event of stream) {
      if (event.type === "content_block_delta" && event.delta.type === "text_delta")
        shown += event.delta.text;
    }
    return { shown, fault: undefined };
  } catch (fault) {
    return { shown, fault };
  }
}

describe("refusals reach the real SDK as its own errors", () => {
  test.each([
    [400, Anthropic.BadRequestError, "invalid_request_error"],
    [401, Anthropic.AuthenticationError, "authentication_error"],
    [403, Anthropic.PermissionDeniedError, "permission_error"],
    [429, Anthropic.RateLimitError, "rate_limit_error"],
    [500, Anthropic.InternalServerError, "api_error"],
    [529, Anthropic.OverloadedError, "overloaded_error"],
  ])("%i", async (status, kind, type) => {
    const { client, control } = await anAnthropic();
    control.script({ status, retryAfter: 7 });
    const fault: unknown = await client.messages.create(ask("hello")).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(kind);
    expect(fault).toMatchObject({ status, type });
    expect((fault as InstanceType<typeof Anthropic.APIError>).headers?.get("retry-after")).toBe("7");
    await client.messages.create(ask("and again it answers"));
  });
});

describe("in mid-stream", () => {
  test("an error event has no status, only a type", async () => {
    const { client, control } = await anAnthropic();
    control.script({ text, broken: { after: 2, by: "error" } });
    const { shown, fault } = await textUntilFault(client);
    expect(shown).toBe(text.slice(0, 32));
    expect(fault).toBeInstanceOf(Anthropic.APIError);
    expect(fault).toMatchObject({ status: undefined, type: "overloaded_error" });
  });

  test("a dead socket is no APIError", async () => {
    const { client, control, emulator } = await anAnthropic();
    control.script({ text, broken: { after: 2, by: "cut" } });
    const { shown, fault } = await textUntilFault(client);
    expect(shown).toBe(text.slice(0, 32));
    expect(fault).toBeInstanceOf(Error);
    expect(fault).not.toBeInstanceOf(Anthropic.APIError);
    expect(emulator.requests).toMatchObject([{ state: "dropped" }]);
  });

  test("a clean end without message_stop looks like the whole answer to a plain loop", async () => {
    const { client, control } = await anAnthropic();
    control.script({ text, broken: { after: 2, by: "end" } });
    expect(await textUntilFault(client)).toEqual({ shown: text.slice(0, 32), fault: undefined });
  });

  test("silence lasts until the client gives up", async () => {
    const { client, control } = await anAnthropic();
    control.script({ text, broken: { after: 2, by: "hang" } });
    const stream = client.messages.stream(ask("go"));
    const failed = stream.done().catch((error: unknown) => error);
    await new Promise<void>((resolve) => {
      stream.on("text", (_, soFar) => {
        if (soFar.length >= 32) resolve();
      });
    });
    stream.abort();
    expect(await failed).toBeInstanceOf(Anthropic.APIUserAbortError);
    await control.waitForRequests({ count: 1, state: "dropped" });
  });
});

test("no answer at all: a cut connection, silence, an outage", async () => {
  const { client, control } = await anAnthropic();
  control.script({ none: "cut" }, { none: "hang" });
  await expect(client.messages.create(ask("x"))).rejects.toBeInstanceOf(Anthropic.APIConnectionError);
  const controller = new AbortController();
  const hanging = client.messages.create(ask("x"), { signal: controller.signal });
  await control.waitForRequests({ count: 2 });
  controller.abort();
  await expect(hanging).rejects.toBeInstanceOf(Anthropic.APIUserAbortError);
  control.down();
  await expect(client.messages.create(ask("x"))).rejects.toBeInstanceOf(Anthropic.APIConnectionError);
  control.up();
  await client.messages.create(ask("x"));
});
