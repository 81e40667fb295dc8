/** The one list of networks. A network's descriptor is light and always here; its provider is loaded when it is configured. */
import type { Network, Provider, SettingSchema } from "@clawd/provider-kit";
import { network as discord } from "@clawd/provider-discord/network";
import { network as imessage } from "@clawd/provider-imessage/network";
import { network as signal } from "@clawd/provider-signal/network";
import { network as slack } from "@clawd/provider-slack/network";
import { network as telegram } from "@clawd/provider-telegram/network";
import { network as webchat } from "@clawd/provider-webchat/network";
import { network as whatsapp } from "@clawd/provider-whatsapp/network";

export const networks: readonly Network[] = [telegram, discord, slack, whatsapp, signal, imessage, webchat];

export type Readiness = ReturnType<Provider["ready"]>;

export interface NetworkSettings {
  readonly settings: Readonly<Record<string, SettingSchema>>;
  readonly secretSettings: readonly string[];
  /** Whether settings are enough to connect. Absent: this version cannot connect to the network. */
  readonly ready?: (settings: never) => Readiness;
}

/** The config keys of each network's own; reading them loads zod. */
export async function loadSettings(): Promise<ReadonlyMap<string, NetworkSettings>> {
  const [a, b, c, d, e, f, g] = await Promise.all([
    import("@clawd/provider-telegram"),
    import("@clawd/provider-discord"),
    import("@clawd/provider-slack"),
    import("@clawd/provider-whatsapp"),
    import("@clawd/provider-signal"),
    import("@clawd/provider-imessage"),
    import("@clawd/provider-webchat"),
  ]);
  return new Map<string, NetworkSettings>([
    [telegram.id, a.telegram],
    [discord.id, b],
    [slack.id, c],
    [whatsapp.id, d],
    [signal.id, e],
    [imessage.id, f],
    [webchat.id, g.webchat],
  ]);
}

/** The names of a network's settings that are secrets. Loads zod. */
export async function secretSettingsOf(): Promise<(network: string) => readonly string[]> {
  const settings = await loadSettings();
  return (network) => settings.get(network)?.secretSettings ?? [];
}

/** The providers that can connect, by network. */
export const connectable: Readonly<Record<string, () => Promise<Provider<never>>>> = {
  telegram: async () => (await import("@clawd/provider-telegram")).telegram,
  webchat: async () => (await import("@clawd/provider-webchat")).webchat,
};

const unsupported: Readiness = {
  ready: false,
  message: "This version cannot connect to it yet.",
  hint: "Its rules are checked all the same.",
};

/** Whether these settings are enough to connect. Loads the provider. */
export async function readinessOf(id: string, settings: unknown): Promise<Readiness> {
  const load = connectable[id];
  return load === undefined ? unsupported : (await load()).ready(settings as never);
}

export function networkNamed(id: string): Network | undefined {
  return networks.find((network) => network.id === id);
}
