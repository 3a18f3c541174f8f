import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  errorsByField,
  intercepted,
  messageInForm,
  messageOf,
  pageError,
  readProblem,
  unreachable,
  withFieldsOf,
} from './problem.ts';

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

test('what is wrong with an entry of a list stands at the field that the list is typed into', () => {
  const errors = ['domains.1', 'domains.2', 'role_ids.member', 'options', 'rules.max'].map((field) => ({
    field,
    code: 'invalid',
    message: `No ${field}`,
  }));
  const error = pageError(422, 'validation_failed', 'No', { errors });
  assert.deepEqual(errorsByField(error, ['domains', 'role_ids.member', 'options']), {
    domains: 'Entry 2: No domains.1',
    'role_ids.member': 'No role_ids.member',
    options: 'No options',
    'rules.max': 'No rules.max',
  });
});

test('of more errors than an answer names it is said how many there are', () => {
  const errors = [{ field: 'data.0.name', code: 'required', message: 'This is required' }];
  const error = pageError(422, 'validation_failed', 'No', { errors, more_errors: 1_900 });
  assert.equal(messageOf(error), 'Name: This is required; and 1,900 more');
});

test('what stands before the server and answers in its place is understood by its status', async () => {
  const page = (status: number) =>
    new Response('<h1>Nothing of ours</h1>', { status, headers: { 'retry-after': '7' } });
  const large = await readProblem(page(413));
  assert.match(large.message, /too large/);
  assert.deepEqual([large.status, large.retryAfterSeconds, large.problem.errors], [413, 7, []]);
  assert.match((await readProblem(page(502))).message, /does not answer/);
  assert.equal((await readProblem(page(418))).message, 'Something went wrong');
});

test('that what was typed is still there is said at forms alone: a click or a card that is dragged types nothing', () => {
  for (const error of [unreachable(), intercepted(), pageError(412, 'stale', 'Stale')]) {
    assert.doesNotMatch(messageOf(error), /typed/);
    assert.match(messageInForm(error), /What you typed is still here/);
  }
  assert.equal(messageInForm(pageError(409, 'in_use', 'In use')), 'In use');
});
