import type { Provider } from './bindings/Provider';

/** The providers whose name, id or address holds every word of the search; all of them when it is empty. */
export function searchProviders(providers: Provider[], search: string): Provider[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return providers.filter(({ id, name, base_url }) => {
    const text = `${name} ${id} ${base_url}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
