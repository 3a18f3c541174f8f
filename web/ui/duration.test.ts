import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { durationText } from '../../src/kernel/contract/duration.ts';
import { formatDuration, readDuration, typedDuration } from './duration.ts';
import { setFormat } from './format.ts';

test('a duration is read as it was typed, whatever its length', () => {
  fc.assert(
    fc.property(fc.nat(2_147_483_647), (seconds) => {
      const value = durationText(seconds);
      assert.equal(readDuration(typedDuration(value)), value);
    }),
  );
  assert.deepEqual(['1:30', ' 0:05 ', '100:00:01', 'PT90M', 'soon'].map(readDuration), [
    'PT1H30M',
    'PT5M',
    'PT100H1S',
    'PT1H30M',
    'soon',
  ]);
  assert.deepEqual(['PT1H30M', 'PT5M', 'PT100H1S'].map(typedDuration), ['1:30', '0:05', '100:00:01']); // biome-ignore format: one call
});

test('people read it in hours, minutes and seconds, in their language', () => {
  setFormat({ locale: 'en-US', time_zone: 'UTC' });
  assert.deepEqual(['PT26H30M', 'PT5S', 'PT0S'].map(formatDuration), ['26 hr 30 min', '5 sec', '0 min']);
  setFormat({ locale: 'de-DE', time_zone: 'UTC' });
  assert.equal(formatDuration('PT1H1S'), '1 Std. 1 Sek.');
  setFormat({ locale: null, time_zone: null });
});
