import { describe, expect, it } from 'vitest';
import { commandError, joinCommand, nameError, splitCommand, targetWords, urlError } from './hook';

describe('a command', () => {
  it.each([
    ['notify-send low', ['notify-send', 'low']],
    ['  a \t b  ', ['a', 'b']],
    ['say "two words" three', ['say', 'two words', 'three']],
    ['say --title="two words"', ['say', '--title=two words']],
    ['say "" end', ['say', '', 'end']],
    ['say "a ""quoted"" word"', ['say', 'a "quoted" word']],
    ['say """"', ['say', '"']],
    ["say 'not quoted'", ['say', "'not", "quoted'"]],
    ['"C:\\Program Files\\tool.exe" C:\\new', ['C:\\Program Files\\tool.exe', 'C:\\new']],
    ['', []],
  ])('%s is split', (line, parts) => expect(splitCommand(line)).toEqual(parts));

  it.each([
    [['notify-send', 'low']],
    [['say', '']],
    [['say', '"']],
    [['say', '""', ' ', '\t', 'a"b c']],
    [['C:\\Program Files\\tool.exe', '--path', 'C:\\', "it's", '$HOME', '*', '|']],
    [['sh', '-c', 'jq -r ".account" | tee -a "$HOME/my log"']],
  ])('%j comes back as it was', (parts) => expect(splitCommand(joinCommand(parts))).toEqual(parts));

  it('needs a program, and every quote closed', () => {
    expect(commandError('notify-send "low"')).toBeNull();
    expect(commandError('notify-send "low')).toContain('not closed');
    expect(commandError('  ')).toContain('program');
    expect(commandError('"" low')).toContain('program');
  });
});

it('a webhook goes over https only, but for this computer', () => {
  expect(urlError('https://example.com/alerts')).toBeNull();
  expect(urlError('http://localhost:8080/')).toBeNull();
  expect(urlError('http://127.0.0.1:8080/')).toBeNull();
  expect(urlError('http://[::1]:8080/')).toBeNull();
  expect(urlError('http://example.com/alerts')).toContain('https');
  expect(urlError('http://localhost.example.com/')).toContain('https');
  expect(urlError('ftp://example.com')).toContain('whole address');
  expect(urlError('example.com')).toContain('whole address');
});

it('has a name of its own', () => {
  expect(nameError(' ', [])).toContain('needed');
  expect(nameError(' Chat ', ['Chat'])).toContain('Another');
  expect(nameError('Chat', ['Bar'])).toBeNull();
});

it('is listed without what may be secret about it', () => {
  const hook = { name: 'Chat', least: 'info' } as const;
  expect(targetWords({ ...hook, to: { url: 'https://chat.example.com/hooks/s3cret' } })).toBe(
    'Webhook at chat.example.com',
  );
  expect(targetWords({ ...hook, to: { command: ['/home/ada/bin/tell', '--token', 's3cret'] } })).toBe(
    'Command tell',
  );
});
