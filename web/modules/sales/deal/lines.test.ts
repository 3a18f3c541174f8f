import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../../../platform/query/problem.ts';
import { emptyLine, linesToWire } from './lines.ts';

const product = { id: 'pump', name: 'Pump' };

test('an added line without a product is left out', () => {
  assert.deepEqual(linesToWire([emptyLine(), { ...emptyLine(), product }]), [
    { product_id: 'pump', quantity: '1', discount_percent: '0' },
  ]);
});

test('a stored line without a product is refused at its field, and not removed', () => {
  const stored = { ...emptyLine(), id: 'line', product: null };
  assert.throws(
    () => linesToWire([emptyLine(), stored]),
    (error) => error instanceof ApiError && error.problem.errors[0]?.field === 'lines.1.product_id',
  );
});
