// The colours of the page for a canvas, which knows no variables.

export interface Palette {
  text: string;
  quiet: string;
  line: string;
  /** Behind everything, and no louder where lines are strong. */
  grid: string;
  surface: string;
  accent: string;
  ok: string;
  low: string;
  critical: string;
  unknown: string;
  /** For labels, in CSS pixels. */
  font: string;
}

const variables = {
  text: '--text',
  quiet: '--text-2',
  line: '--line',
  surface: '--surface',
  accent: '--accent',
  ok: '--shape-ok',
  low: '--shape-low',
  critical: '--shape-critical',
  unknown: '--shape-unknown',
} as const;

/** The colours as they are now. */
export function paletteOf(element: HTMLElement): Palette {
  // A variable tells how its colour was written; only a property tells what it comes to in this theme.
  const probe = document.createElement('span');
  probe.hidden = true;
  element.append(probe);
  const style = getComputedStyle(probe);
  const resolve = (variable: string) => {
    probe.style.color = `var(${variable})`;
    return style.color;
  };
  const colours = Object.fromEntries(
    Object.entries(variables).map(([name, variable]) => [name, resolve(variable)]),
  ) as Record<keyof typeof variables, string>;
  const font = `11px ${style.fontFamily}`;
  probe.remove();
  const grid = colours.line === colours.text ? faded(colours.line, 0.4) : colours.line;
  return { ...colours, grid, font };
}

/** The colour, so much of it. */
export function faded(colour: string, share: number): string {
  return colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${share})`);
}

const queries = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)', '(forced-colors: active)'];

/** Hears when the system's theme changes; the answer stops. */
export function onThemeChange(hear: () => void): () => void {
  const lists = queries.map((query) => matchMedia(query));
  for (const list of lists) list.addEventListener('change', hear);
  return () => {
    for (const list of lists) list.removeEventListener('change', hear);
  };
}
