export type { AccessLayout, Canonical, Network } from "./network.ts";
export type { Attachment, ChatFacts, ChatKind, EventKind, InboundEvent, SenderFacts } from "./event.ts";
export {
  defineProvider,
  type ConnectionState,
  type Delivery,
  type HttpHandler,
  type HttpMount,
  type OutboundMessage,
  type Provider,
  type ProviderCapabilities,
  type ProviderConnection,
  type ProviderPorts,
  type SettingSchema,
} from "./provider.ts";
export { SendError, type SendOutcome } from "./send-error.ts";
