// What is typed of a hook.

import type { Hook } from '../../bindings/Hook';
import type { HookReport } from '../../bindings/HookReport';
import type { Severity } from '../../bindings/Severity';
import { addressFault } from '../../address';

export const mostHooks = 10;

/** From which severity a hook is called. */
export const leastWords: Record<Severity, string> = {
  info: 'Every alert',
  warning: 'Low and worse',
  critical: 'Critical and worse',
  empty: 'Empty only',
};

/**
 * The program and its arguments in a line; null while a quote is open. Blanks part them, but not between double quotes,
 * where a doubled one stands for itself. Backslashes are nothing special, since Windows writes paths with them.
 */
export function splitCommand(line: string): string[] | null {
  const parts: string[] = [];
  let part: string | null = null;
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const letter = line.charAt(at);
    if (letter === '"') {
      part ??= '';
      if (quoted && line[at + 1] === '"') {
        part += letter;
        at++;
      } else {
        quoted = !quoted;
      }
    } else if (!quoted && /\s/.test(letter)) {
      if (part !== null) parts.push(part);
      part = null;
    } else {
      part = (part ?? '') + letter;
    }
  }
  if (part !== null) parts.push(part);
  return quoted ? null : parts;
}

/** The line that means this program and these arguments. */
export function joinCommand(parts: string[]): string {
  return parts
    .map((part) => (part === '' || /[\s"]/.test(part) ? `"${part.replaceAll('"', '""')}"` : part))
    .join(' ');
}

/** Whether a line may be understood in another way than it was meant. */
export function isQuoted(line: string): boolean {
  return /["'\\]/.test(line);
}

/** What is wrong with a command; null when nothing is. */
export function commandError(line: string): string | null {
  const parts = splitCommand(line);
  if (parts === null) return 'A double quote is not closed.';
  return parts[0] ? null : 'Name the program to run.';
}

/** What is wrong with a webhook's address; null when nothing is. */
export function urlError(text: string): string | null {
  switch (addressFault(text)) {
    case 'incomplete':
      return 'Write a whole address, such as https://example.com/alerts.';
    case 'readable':
      return 'Alerts only go out over https. Plain http works for this computer alone.';
    case null:
      return null;
  }
}

/** What is wrong with a hook's name beside those of the others; null when nothing is. */
export function nameError(name: string, others: string[]): string | null {
  if (name.trim() === '') return 'A name is needed.';
  return others.includes(name.trim()) ? 'Another hook has this name.' : null;
}

/** How a call of a hook went that has just ended. */
export function reportNow({ name }: Hook, error: string | null): HookReport {
  const at = new Date().toISOString();
  return { name, at, ended_at: at, error };
}

/** What a hook calls, in short: its program, or its address without the path, which may be a secret. */
export function targetWords({ to }: Hook): string {
  if ('command' in to) return `Command ${to.command[0]?.split(/[\\/]/).at(-1) ?? ''}`;
  return `Webhook at ${URL.canParse(to.url) ? new URL(to.url).host : to.url}`;
}
