/** Puts a text on the clipboard. To be called straight from a click or a key: WebKit allows it at no other time. */
export function copy(text: string): Promise<void> {
  return navigator.clipboard.writeText(text);
}
