import { expect, it } from 'vitest';
import { answerErrors, baseUrlError, given, isAmount, startAnswers } from './form';
import { providers } from '../../ipc/providers';

const [babysea, openrouter] = providers;
if (!babysea || !openrouter) throw new Error('the catalogue is missing');

it('starts from what is stored, else from the default', () => {
  expect(startAnswers(babysea.inputs)).toEqual({ region: 'us' });
  expect(startAnswers(babysea.inputs, { region: 'jp' })).toEqual({ region: 'jp' });
});

it('asks for what is needed and refuses what is no amount', () => {
  expect(answerErrors(babysea.inputs, { region: ' ' })).toHaveProperty('region');
  expect(answerErrors(openrouter.inputs, { budget: '' })).toEqual({});
  expect(answerErrors(openrouter.inputs, { budget: '20 USD' })).toHaveProperty('budget');
  expect(answerErrors(openrouter.inputs, { budget: ' 20.5 ' })).toEqual({});
});

it('gives answers trimmed and leaves out empty ones', () => {
  expect(given(openrouter, { budget: ' 20 ' }, false)).toEqual({ budget: '20' });
  expect(given(openrouter, { budget: ' ' }, false)).toEqual({});
  expect(given(openrouter, { budget: '20' }, true)).toEqual({});
});

it.each(['20', '0.5', ' 7 '])('%s is an amount', (text) => expect(isAmount(text)).toBe(true));
it.each(['', '0', '0.00', '-1', '1,5', '1e3', '$5'])('%s is no amount', (text) =>
  expect(isAmount(text)).toBe(false),
);

it('sends a key over https only, but for this computer', () => {
  expect(baseUrlError('')).toBeNull();
  expect(baseUrlError('https://gateway.example.com/v1')).toBeNull();
  expect(baseUrlError('http://127.0.0.1:8080')).toBeNull();
  expect(baseUrlError('http://gateway.example.com')).toContain('https');
  expect(baseUrlError('gateway.example.com')).toContain('whole address');
});
