/** What a person who has just started the gateway can do next. */

export function firstSteps(port: number, tokenFile: string | null, configFile: string): string {
  return `
There is no config yet, so nobody but you can reach this bot. Three next steps:

  1. Talk to it: open http://127.0.0.1:${port}/ and paste the token that is in
     ${tokenFile ?? "your config (gateway.auth.token)"}
  2. Give it a model: stop it (Ctrl-C), then  ANTHROPIC_API_KEY=… npm start
     Until then a practice model answers.
  3. Connect Telegram: get a bot token from @BotFather and write it into
     ${configFile}:   { telegram: { botToken: "…" } }
     Then write to your bot, and approve yourself with the code it answers:
     npx clawdbot pairing approve telegram CODE --owner
`;
}
