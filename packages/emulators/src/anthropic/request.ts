/** The request of `POST /v1/messages`: its shape, strictly, and the rules of a conversation. */
import { isWellFormed } from "../well-formed.ts";
import { checkConversation } from "./conversation.ts";
import type { MessagesRequest } from "./message.ts";
import { invalid, Refusal } from "./refusal.ts";
import {
  anyObject,
  filledText,
  flag,
  integerFrom,
  listOf,
  matching,
  numberBetween,
  objectOf,
  oneOf,
  orNull,
  taggedBy,
  text,
  textOr,
  type Check,
} from "./shape.ts";

const cacheControl = {
  cache_control: orNull(objectOf({ type: oneOf("ephemeral") }, { ttl: oneOf("5m", "1h") })),
};

const textBlock = objectOf(
  { type: oneOf("text"), text },
  { ...cacheControl, citations: orNull(listOf(anyObject)) },
);

const source = taggedBy({
  base64: objectOf({ type: text, media_type: filledText, data: filledText }),
  url: objectOf({ type: text, url: filledText }),
  text: objectOf({ type: text, media_type: oneOf("text/plain"), data: filledText }),
});

const image = objectOf({ type: text, source }, cacheControl);
const document = objectOf(
  { type: text, source },
  { ...cacheControl, title: orNull(text), context: orNull(text), citations: orNull(anyObject) },
);

const block = taggedBy({
  text: textBlock,
  image,
  document,
  tool_use: objectOf(
    { type: text, id: matching(/^[a-zA-Z0-9_-]+$/), name: filledText, input: anyObject },
    { ...cacheControl, caller: anyObject },
  ),
  tool_result: objectOf(
    { type: text, tool_use_id: matching(/^[a-zA-Z0-9_-]+$/) },
    {
      ...cacheControl,
      content: textOr(listOf(taggedBy({ text: textBlock, image, document }))),
      is_error: flag,
    },
  ),
  thinking: objectOf({ type: text, thinking: text, signature: filledText }),
  redacted_thinking: objectOf({ type: text, data: filledText }),
});

const tool = objectOf(
  { name: matching(/^[a-zA-Z0-9_-]{1,128}$/), input_schema: anyObject },
  {
    ...cacheControl,
    type: orNull(oneOf("custom")),
    description: text,
    strict: flag,
    input_examples: listOf(anyObject),
    eager_input_streaming: orNull(flag),
  },
);

const message = objectOf({ role: oneOf("user", "assistant"), content: textOr(listOf(block)) });

/** Both versions know these. The newer one has no sampling parameters. */
const shared = {
  system: textOr(listOf(textBlock)),
  tools: listOf(tool),
  tool_choice: taggedBy({
    auto: objectOf({ type: text }, { disable_parallel_tool_use: flag }),
    any: objectOf({ type: text }, { disable_parallel_tool_use: flag }),
    none: objectOf({ type: text }),
    tool: objectOf({ type: text, name: filledText }, { disable_parallel_tool_use: flag }),
  }),
  thinking: taggedBy({
    enabled: objectOf({ type: text, budget_tokens: integerFrom(1024) }, { display: orNull(text) }),
    adaptive: objectOf({ type: text }, { display: orNull(text) }),
    disabled: objectOf({ type: text }),
  }),
  output_config: anyObject,
  cache_control: cacheControl.cache_control,
};

const creating = {
  ...shared,
  stream: flag,
  stop_sequences: listOf(text),
  metadata: objectOf({}, { user_id: orNull(text) }),
  service_tier: oneOf("auto", "standard_only"),
};

const sampling = {
  temperature: numberBetween(0, 1),
  top_p: numberBetween(0, 1),
  top_k: integerFrom(0),
};

const needed = { model: filledText, messages: listOf(message) };
const requestOf: Readonly<Record<string, Check>> = {
  "2023-06-01": objectOf({ ...needed, max_tokens: integerFrom(1) }, { ...creating, ...sampling }),
  "2026-10-21": objectOf({ ...needed, max_tokens: integerFrom(1) }, creating),
};
const countRequest = objectOf(needed, shared);

/** @throws Refusal 400 for a missing or unknown version. */
export function checkVersion(version: string | undefined): string {
  if (version === undefined) throw invalid("anthropic-version: header is required");
  if (Object.hasOwn(requestOf, version)) return version;
  throw invalid(`anthropic-version: "${version}" is not a valid version`);
}

/** @throws Refusal 400 or 404 with the API's words. */
export function checkRequest(
  body: unknown,
  version: string,
  purpose: "create" | "count",
  models: ReadonlyMap<string, number>,
): MessagesRequest {
  (purpose === "count" ? countRequest : requestOf[version]!)(body, "");
  checkUnicode(body);
  const request = body as MessagesRequest;
  const most = models.get(request.model);
  if (most === undefined) throw new Refusal(404, `model: ${request.model}`);
  if (purpose === "create" && request.max_tokens > most) {
    throw invalid(
      `max_tokens: ${request.max_tokens} > ${most}, which is the maximum allowed number of output tokens for ${request.model}`,
    );
  }
  const names = (request.tools ?? []).map(({ name }) => name);
  if (new Set(names).size < names.length) throw invalid("tools: Tool names must be unique.");
  checkConversation(request);
  return request;
}

/** JSON can spell half a surrogate pair; the real parser refuses it, so a client that cuts an emoji in two is seen. */
function checkUnicode(value: unknown): void {
  if (typeof value === "string") {
    if (!isWellFormed(value)) {
      throw invalid("The request body is not valid JSON: no low surrogate in string");
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      checkUnicode(name);
      checkUnicode(member);
    }
  }
}
