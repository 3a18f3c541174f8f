import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitFullName } from './full-name.ts';

test('full names part where people part them', () => {
  assert.deepEqual(splitFullName('Moses Frase'), { given_name: 'Moses', family_name: 'Frase' });
  assert.deepEqual(splitFullName('Frase, Moses'), { given_name: 'Moses', family_name: 'Frase' });
  assert.deepEqual(splitFullName('Ludwig van Beethoven'), { given_name: 'Ludwig', family_name: 'van Beethoven' });
  assert.deepEqual(splitFullName('Maria de la Cruz'), { given_name: 'Maria', family_name: 'de la Cruz' });
  const junior = { given_name: 'Martin Luther, Jr.', family_name: 'King' };
  assert.deepEqual(splitFullName('King , Martin Luther, Jr.'), junior);
  assert.deepEqual(splitFullName('Frase,'), { given_name: null, family_name: 'Frase' });
  assert.deepEqual(splitFullName(', Moses'), { given_name: 'Moses', family_name: null });
  assert.deepEqual(splitFullName('山田太郎'), { given_name: null, family_name: '山田太郎' });
  // The family name stands first, so that the name is shown as it was written.
  assert.deepEqual(splitFullName('山田 太郎'), { given_name: '太郎', family_name: '山田' });
  assert.deepEqual(splitFullName('王　小明'), { given_name: '小明', family_name: '王' });
  assert.deepEqual(splitFullName('홍 길동'), { given_name: '길동', family_name: '홍' });
  assert.deepEqual(splitFullName('David 王'), { given_name: 'David', family_name: '王' });
});
