import { tick } from 'svelte';

/**
 * Keeps the focus where it is while a list changes its order: an element loses it when it is moved. To be called in a
 * component; `list` reads what the order depends on.
 */
export function keepFocus(list: () => unknown) {
  $effect.pre(() => {
    list();
    const focused = document.activeElement;
    if (!(focused instanceof HTMLElement) || focused === document.body) return;
    void tick().then(() => {
      if (!focused.isConnected || document.activeElement !== document.body) return;
      if (focused.matches(':disabled')) {
        focused.parentElement?.querySelector<HTMLElement>('button:not(:disabled)')?.focus();
      } else {
        focused.focus();
      }
    });
  });
}
