/** What looks like a secret even when nobody has named it one. Each expression matches the secret alone, in linear time. */

const names =
  "api[_-]?key|token|secret|password|passwd|passphrase|access[_-]?token|refresh[_-]?token|client[_-]?secret|private[_-]?key|authorization|cookie";

export const defaultPatterns: readonly RegExp[] = [
  // Assignments as in an environment: SOME_API_KEY=…
  /(?<=[A-Z0-9_]{0,64}(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD)\s{0,4}[=:]\s{0,4}["']?)[^\s"']+/g,
  // Fields of JSON and of printed objects. An escaped quote does not end the value: rather too much than half a secret.
  new RegExp(`(?<=(?:${names})\\\\?["']?\\s{0,4}:\\s{0,4}\\\\?["'])(?:[^"'\\\\]|\\\\[^])+`, "gi"),
  // Arguments of commands.
  /(?<=--(?:api-key|token|auth-token|secret|password|passwd)(?:=|\s{1,4})["']?)[^\s"']+/gi,
  // Headers.
  /(?<=\b(?:proxy-)?authorization["']?\s{0,4}[:=]\s{0,4}["']?)[^\r\n"']+/gi,
  /(?<=\b(?:set-)?cookie\s{0,4}:\s{0,4})[^\r\n"']+/gi,
  /(?<=\bx-[a-z-]{0,32}(?:token|key|secret)\s{0,4}:\s{0,4})[^\s"']+/gi,
  /(?<=\bbearer\s{1,4})[A-Za-z0-9._~+/=-]{18,}/gi,
  // Addresses: a password before the host, a secret in the query or the fragment.
  /(?<=:\/\/[^\s/@:]{0,256}:)[^\s/@]+(?=@)/g,
  /(?<=[?&#](?:[a-z_-]{0,32}(?:token|key|secret|password|signature)|sig|auth|code)=)[^&\s"'#]+/gi,
  // Private keys, to the end of the text when the end of the key is missing.
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[^]*?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|[^]*)/g,
  // Tokens with a prefix of their maker.
  /(?<![A-Za-z0-9])(?:sk|pk|rk|pplx|xapp|glpat|xox[a-z])-[A-Za-z0-9_-]{8,}/g,
  /(?<![A-Za-z0-9])(?:gh[a-z]|github_pat|gsk|npm|hf|whsec|(?:sk|rk)_(?:live|test))_[A-Za-z0-9_]{8,}/g,
  /(?<![A-Za-z0-9])(?:AIza[A-Za-z0-9_-]{20,}|(?:AKIA|ASIA)[A-Z0-9]{16}|ya29\.[A-Za-z0-9._-]{10,}|SG\.[A-Za-z0-9._-]{20,})/g,
  // Bot tokens: number:letters, and three parts with points.
  /(?<!\d)\d{6,16}:[A-Za-z0-9_-]{20,}/g,
  /(?<![\w-])[A-Za-z0-9_-]{23,28}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}/g,
  // Signed tokens of three base64 parts.
  /(?<![\w-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?/g,
];
