import type { Chart } from '../bindings/Chart';
import { formatAmount, formatDay, formatEnd, formatMoment } from '../format';
import { hasOneReading } from './course';
import { momentOf } from './moment';

/** A moment of a chart in words, in parts that keep their place. */
export interface MomentWords {
  when: string;
  what: string;
  /** About the day it lies in; with an em dash for what is not known of it. */
  day: string | null;
}

export function momentInWords(chart: Chart, at: number, now: Date): MomentWords {
  const { unit, measure } = chart;
  const amount = (text: string) => formatAmount(text, unit);
  const noun = measure === 'used' ? 'used' : 'left';
  const when = formatMoment(new Date(at).toISOString(), now);
  const moment = momentOf(chart, at);
  switch (moment.known) {
    case 'before':
      return { when, what: 'Before the first reading', day: null };
    case 'future':
      return { when, what: 'Yet to come', day: null };
    case 'gap': {
      const { from, until, spent } = moment;
      const since = formatMoment(from, now);
      if (until === null) return { when, what: 'Unknown', day: `not read since ${since}` };
      const meanwhile = spent === null ? '' : `; ${amount(spent)} spent meanwhile`;
      return {
        when,
        what: 'Unknown',
        day: `not read from ${since} until ${formatEnd(until, from, now)}${meanwhile}`,
      };
    }
    case 'amount':
    case 'between': {
      const what =
        moment.known === 'amount'
          ? `${amount(moment.amount)} ${noun}`
          : `${amount(moment.low)} to ${amount(moment.high)} ${noun}`;
      // Of a single reading, nothing is known to have moved.
      const spent = hasOneReading(chart) ? null : (moment.day?.spent ?? null);
      const date = formatDay(at, now);
      return { when, what, day: `${spent === null ? '—' : amount(spent)} spent on ${date}` };
    }
  }
}
