import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inWordsOf, shapesOf } from './shapes.ts';

const shapes = shapesOf({
  'Write at least {0}': 'Schreiben Sie mindestens {0}',
  'Write at least {0} characters': 'Schreiben Sie mindestens {0} Zeichen',
  '{0} belongs to {1} (a+b).': 'Zu {1} gehört {0} (a+b).',
  'Nothing here': 'Nichts hier',
});
const say = (text: string) => inWordsOf(shapes, text, (value) => (value === 'company' ? 'Firma' : value));

test('a sentence is known by its own words, its values go along, the most precise first', () => {
  assert.equal(say('Write at least 3 characters'), 'Schreiben Sie mindestens 3 Zeichen');
  assert.equal(say('Write at least 3'), 'Schreiben Sie mindestens 3');
  assert.equal(say('Two\nlines belongs to company (a+b).'), 'Zu Firma gehört Two\nlines (a+b).');
  assert.equal(say('$& belongs to x (a+b).'), 'Zu x gehört $& (a+b).');
});

test('what is of no shape, or only begins like one, is left alone', () => {
  for (const text of ['Nothing here', 'Please write at least 3', 'x belongs to y (aab).', ''])
    assert.equal(say(text), undefined, text);
});
