// The amounts below which a meter warns, as they stand beside its course.

import type { Mark } from '../bindings/Mark';
import type { Severity } from '../bindings/Severity';
import { amountParts, exactValue } from '../format';

/** What is less is written exactly: rounded as elsewhere, it would stand beside the wrong place of the axis. */
const small = 0.1;

export interface Threshold {
  at: number;
  text: string;
  severity: Severity;
}

/** The thresholds above zero, with what they are; no more than the rule where there is little room. */
export function labelled(marks: Mark[], unit: string, roomy: boolean): Threshold[] {
  return marks
    .map(({ below, amount, severity }) => {
      // Without a unit's name, which stands above the plot.
      const value = Number(amount) < small ? exactValue(amount, unit) : amountParts(amount, unit).value;
      const isShare = below.endsWith('%');
      const text = !isShare ? value : roomy ? `${below} · ${value}` : below;
      return { at: Number(amount), text, severity };
    })
    .filter(({ at }) => at > 0);
}
