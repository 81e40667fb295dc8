/** At most so many characters, and a word where there were more. */
export function bounded(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest)}\n[… ${text.length - longest} characters more]`;
}
