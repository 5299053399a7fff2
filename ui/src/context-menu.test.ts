import { afterEach, expect, it } from 'vitest';
import { hasUseForMenu } from './context-menu';

const page = document.body;
page.innerHTML = '<p>Some text</p><input id="text" /><input id="box" type="checkbox" />';
const text = page.querySelector('p') as HTMLElement;

afterEach(() => getSelection()?.removeAllRanges());

it('is there in text fields and on selected text, and nowhere else', () => {
  expect(hasUseForMenu(page.querySelector('#text'))).toBe(true);
  expect(hasUseForMenu(page.querySelector('#box'))).toBe(false);
  expect(hasUseForMenu(text)).toBe(false);
  getSelection()?.selectAllChildren(text);
  expect(hasUseForMenu(text)).toBe(true);
});
