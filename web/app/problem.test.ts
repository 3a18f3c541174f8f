import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorsByField, pageError, withFieldsOf } from './problem.ts';

test('what is refused of a part of a request stands at the fields of its form', () => {
  const errors = ['action.fields.email', 'action.fields.custom.tier', 'action'].map((field) => ({
    field,
    code: 'invalid',
    message: 'No',
  }));
  const error = withFieldsOf(pageError(422, 'invalid', 'No', { errors }), 'action.fields');
  assert.deepEqual(errorsByField(error), { email: 'No', 'custom.tier': 'No', action: 'No' });
  assert.equal(withFieldsOf(null, 'action.fields'), null);
});
