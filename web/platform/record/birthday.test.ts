import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBirthday, writeBirthday } from './birthday.ts';

test('a birthday is typed in parts, and what is not whole is left to the server to refuse', () => {
  const typed: [string | null, Parameters<typeof writeBirthday>[0]][] = [
    ['1990-04-30', { year: '1990', month: '04', day: '30' }],
    ['--04-03', { year: '', month: '04', day: '3' }],
    ['90-04-30', { year: '90', month: '04', day: '30' }],
    ['1990-00-30', { year: '1990', month: '', day: '30' }],
    ['--04-00', { year: '', month: '04', day: '' }],
    [null, { year: '', month: '', day: '' }],
  ];
  for (const [value, parts] of typed) {
    assert.equal(writeBirthday(parts), value);
    assert.deepEqual(readBirthday(value), parts);
  }
});
