// The amounts below which a meter warns, as they stand beside its course.

import type { Mark } from '../bindings/Mark';
import type { Severity } from '../bindings/Severity';
import { exactValue } from '../format';

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
      const exact = exactValue(amount, unit);
      const isShare = below.endsWith('%');
      const text = !isShare ? exact : roomy ? `${below} · ${exact}` : below;
      return { at: Number(amount), text, severity };
    })
    .filter(({ at }) => at > 0);
}
