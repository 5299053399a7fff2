const textFields = 'textarea, input:not([type=checkbox], [type=radio], [type=button], [type=submit])';

/** Whether the web view's own menu has something for what was clicked: text to copy, or a field to paste into. */
export function hasUseForMenu(target: EventTarget | null): boolean {
  const inField = target instanceof Element && target.closest(textFields) !== null;
  return inField || getSelection()?.isCollapsed === false;
}
