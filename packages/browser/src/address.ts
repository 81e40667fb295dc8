/**
 * Which addresses a tab may be at. What is connected to is judged elsewhere, request by request; this is about schemes: a page of
 * any other one is the browser's own, a file, or made of the address itself.
 */

export type AddressRefusal = string;

/** Null when a tab may be sent there. */
export function refusalOfAddress(text: string): AddressRefusal | null {
  if (text === "about:blank") return null;
  if (!URL.canParse(text)) return "This is no address: write it with http:// or https://.";
  const { protocol, username, password } = new URL(text);
  if (protocol !== "http:" && protocol !== "https:")
    return "Only http and https addresses are opened, and about:blank.";
  return username === "" && password === ""
    ? null
    : "An address with a user or password in it is not opened.";
}

/** Whether a tab may stay there: where it was let in, or at the browser's own page about an address that did not load. */
export function mayStay(address: string): boolean {
  return (
    refusalOfAddress(address) === null ||
    address === "" ||
    address.startsWith("chrome-error://") ||
    address === "about:blank#blocked"
  );
}
