/** Names only. */
export { judgeAddress, type AddressVerdict } from "./address.ts";
export type { AddressKind } from "./special-addresses.ts";
export { parseAuthority, parseHost, parseUrl, type Host, type Target } from "./host.ts";
export { publicWeb, type EgressRule, type EgressRules } from "./rules.ts";
export { createResolver, type Lookup, type Resolver, type ResolverOptions } from "./resolver.ts";
export { createDialer, type Dialer, type DialerOptions } from "./dial.ts";
export { createGuardedFetch } from "./fetch.ts";
export type { FetchedResponse, FetcherOptions, FetchOptions, FetchRefused, GuardedFetch } from "./fetch.ts";
export { createEgressProxy } from "./proxy.ts";
export type { EgressLimits, EgressProxy, EgressProxyOptions } from "./proxy.ts";
export type { ListenOptions } from "./listen.ts";
export type { ProxyEvent, ProxyReason } from "./event.ts";
export { openCertificateAuthority, type AuthorityOptions, type CertificateAuthority } from "./authority.ts";
export { containerEnvironment, trustFiles, type ContainerEnvironmentOptions } from "./trust.ts";
export type { CompiledEgress, EgressSecret } from "./secret.ts";
export { EgressFault, isEgressFault, type EgressReason } from "./fault.ts";
