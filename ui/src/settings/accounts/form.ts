import type { Input } from '../../bindings/Input';
import type { Provider } from '../../bindings/Provider';
import { addressFault } from '../../address';

/** What is typed into a provider's inputs, by input id. */
export type Answers = Record<string, string>;

/** The inputs as they stand before the user types: as stored, or the definition's defaults. */
export function startAnswers(inputs: Input[], stored: Record<string, string | undefined> = {}): Answers {
  return Object.fromEntries(inputs.map((input) => [input.id, stored[input.id] ?? input.default ?? '']));
}

/** What is wrong with the inputs, by input id; empty when nothing is. */
export function answerErrors(inputs: Input[], answers: Answers): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const input of inputs) {
    const answer = (answers[input.id] ?? '').trim();
    if (answer === '' && input.required) errors[input.id] = 'This is needed.';
    else if (answer !== '' && input.kind === 'amount' && !isAmount(answer)) errors[input.id] = amountHelp;
  }
  return errors;
}

export const amountHelp = 'Write a number with a point, such as 20 or 0.50.';

/** Whether a text is an amount above zero, as in JSON and on the command line: digits, and a point. */
export function isAmount(text: string): boolean {
  return /^\d+(\.\d+)?$/.test(text.trim()) && /[1-9]/.test(text);
}

/** The answers that were given, trimmed, of the secret or of the open inputs. */
export function given(provider: Provider, answers: Answers, secret: boolean): Answers {
  return Object.fromEntries(
    provider.inputs
      .filter((input) => input.secret === secret)
      .map((input) => [input.id, (answers[input.id] ?? '').trim()] as const)
      .filter(([, answer]) => answer !== ''),
  );
}

/** What is wrong with a base URL; null when nothing is. An empty one means the provider's own. */
export function baseUrlError(text: string): string | null {
  if (text.trim() === '') return null;
  switch (addressFault(text)) {
    case 'incomplete':
      return 'Write a whole address, such as https://gateway.example.com/v1.';
    case 'readable':
      return 'A key is only sent over https. Plain http works for this computer alone.';
    case null:
      return null;
  }
}
