/**
 * What speaks against sending something private to an address: that it is not a whole one, or that others could read
 * along, since plain http is safe on this computer alone. Null when nothing does.
 */
export function addressFault(text: string): 'incomplete' | 'readable' | null {
  const address = text.trim();
  if (!/^https?:\/\/[^/]/.test(address) || !URL.canParse(address)) return 'incomplete';
  const { protocol, hostname } = new URL(address);
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return protocol === 'http:' && !loopback ? 'readable' : null;
}
