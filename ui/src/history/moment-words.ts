import type { Chart } from '../bindings/Chart';
import { formatAmount, formatDay, formatMoment } from '../format';
import { momentOf } from './moment';

/** A moment of a chart in words, in parts that keep their place. */
export interface MomentWords {
  when: string;
  what: string;
  /** About the day it lies in. */
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
        day: `not read from ${since} until ${formatMoment(until, now)}${meanwhile}`,
      };
    }
    case 'amount':
    case 'between': {
      const what =
        moment.known === 'amount'
          ? `${amount(moment.amount)} ${noun}`
          : `${amount(moment.low)} to ${amount(moment.high)} ${noun}`;
      const spent = moment.day?.spent ?? null;
      const date = formatDay(at, now);
      return { when, what, day: spent === null ? null : `${amount(spent)} spent on ${date}` };
    }
  }
}
