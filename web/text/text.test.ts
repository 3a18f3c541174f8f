import assert from 'node:assert/strict';
import { test } from 'node:test';
import { t } from './text.ts';

test('a sentence ends once, also after a value that ends like one', () => {
  assert.equal(t('Merged with {name}. Look at it.', { name: 'Blue Inc.' }), 'Merged with Blue Inc. Look at it.');
  assert.equal(t('{reason}.', { reason: 'Nothing was changed.' }), 'Nothing was changed.');
  assert.equal(t('{name}.', { name: 'And so on...' }), 'And so on....');
  assert.equal(t('From {from}.', { from: 'a..b' }), 'From a..b.');
});
