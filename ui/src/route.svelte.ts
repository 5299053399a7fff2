import type { WindowName } from './bindings/WindowName';

let hash = $state(location.hash);
addEventListener('hashchange', () => (hash = location.hash));

/** Where this window is: `#settings/alerts` is the window `settings` at the page `alerts`. */
export const route = {
  get window(): WindowName {
    const [name] = parts();
    return name === 'settings' || name === 'history' ? name : 'popover';
  },
  /** The page within the window, in parts. */
  get page(): string[] {
    return parts().slice(1);
  },
  /** Shows another page of this window. */
  go(page: string) {
    location.hash = page === '' ? route.window : `${route.window}/${page}`;
    hash = location.hash;
  },
};

function parts(): string[] {
  return hash
    .replace(/^#/, '')
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
}
