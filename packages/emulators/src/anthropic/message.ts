/** What a client says to the model, in the words of the Messages API. */

export interface ContentBlock {
  readonly type: string;
  readonly text?: string;
  readonly id?: string;
  readonly name?: string;
  readonly input?: unknown;
  readonly tool_use_id?: string;
  readonly content?: string | readonly ContentBlock[];
  readonly is_error?: boolean;
  readonly cache_control?: object | null;
}

export interface RequestMessage {
  readonly role: "user" | "assistant";
  readonly content: string | readonly ContentBlock[];
}

/** What a request asks, after the check; the other members are in it as they came. */
export interface MessagesRequest {
  readonly model: string;
  readonly max_tokens: number;
  readonly messages: readonly RequestMessage[];
  readonly system?: string | readonly ContentBlock[];
  readonly stream?: boolean;
  readonly cache_control?: object | null;
  readonly tools?: readonly { readonly name: string; readonly cache_control?: object | null }[];
}
