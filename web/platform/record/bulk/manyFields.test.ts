import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contact } from '../../../../src/modules/directory/contact/contract.ts';
import { fieldsOf } from '../contractFields.ts';
import { fieldsForMany } from './manyFields.ts';

test('what each record has for itself is not offered for many', () => {
  const offered = fieldsForMany(fieldsOf(contact, 'Contact', []), ['lead_status']).map(({ key }) => key);
  for (const key of [
    'other_emails',
    'other_phones',
    'other_addresses',
    'sites',
    'social_profiles',
    'tags',
    'external_id',
    'lead_status',
    'created_at',
  ])
    assert.ok(!offered.includes(key), key);
  for (const key of ['job_title', 'owner_id', 'lifecycle_stage', 'city']) assert.ok(offered.includes(key), key);
});
