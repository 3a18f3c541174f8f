import assert from 'node:assert/strict';
import { test } from 'node:test';
import { folded, t } from './text.ts';

test('a sentence ends once, also after a value that ends like one', () => {
  assert.equal(t('Merged with {name}. Look at it.', { name: 'Blue Inc.' }), 'Merged with Blue Inc. Look at it.');
  assert.equal(t('{reason}.', { reason: 'Nothing was changed.' }), 'Nothing was changed.');
  assert.equal(t('{name}.', { name: 'And so on...' }), 'And so on....');
  assert.equal(t('From {from}.', { from: 'a..b' }), 'From a..b.');
});

test('what one looks for is found whatever its case, accents, sharp s, apostrophes, dashes and form of letters', () => {
  for (const [written, typed] of [
    ['Müßig', 'MUSSIG'],
    ['José', 'Jose'],
    ['José', 'José'.normalize('NFD')],
    ['D’Arcy', "d'arcy"],
    ['2025–2026', '2025-2026'],
    ['ﬁnance', 'finance'],
  ])
    assert.equal(folded(written!), folded(typed!), written);
});
