import { describe, expect, it } from 'vitest';
import type { Mark } from '../bindings/Mark';
import { labelled } from './thresholds';

const mark = (below: string, amount: string): Mark => ({ below, amount, severity: 'warning' });
const texts = (marks: Mark[], roomy = true) => labelled(marks, 'USD', roomy).map(({ text }) => text);

describe('thresholds', () => {
  it('say their rule and what it comes to, to the last digit', () => {
    expect(texts([mark('25%', '0.00125'), mark('20', '20')])).toEqual(['25% · $0.00125', '$20.00']);
  });

  it('are short where there is little room', () => {
    expect(texts([mark('25%', '0.00125'), mark('20', '20')], false)).toEqual(['25%', '$20.00']);
  });

  it('do not tell of an empty meter, which the axis shows', () => {
    expect(texts([mark('empty', '0')])).toEqual([]);
  });
});
