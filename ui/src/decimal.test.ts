import { expect, it } from 'vitest';
import { isZero, sum } from './decimal';

it('adds to the last digit what a double would round', () => {
  expect(sum(['0.1', '0.2'])).toBe('0.3');
  expect(sum(['9007199254740993', '0.000000000000000001'])).toBe('9007199254740993.000000000000000001');
});

it('takes debts and refunds', () => {
  expect(sum(['-0.5', '0.25'])).toBe('-0.25');
  expect(sum(['-3.20', '3.2'])).toBe('0');
  expect(sum([])).toBe('0');
});

it('keeps the zeros of whole amounts', () => {
  expect(sum(['60', '40'])).toBe('100');
});

it('knows nothing from little', () => {
  expect([isZero('-0.00'), isZero('0.0001')]).toEqual([true, false]);
});
