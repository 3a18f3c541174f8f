import { z } from 'zod';
import { object, reference, requiredReference, requiredText, text, time } from '../../contract/fields.ts';
import { filled } from '../../contract/names.ts';
import { defineResource } from '../../contract/resource.ts';
import { timeText } from '../../contract/time.ts';
import { rightsMatrix } from '../role/contract.ts';

export const apiKey = defineResource({
  name: 'api_key',
  plural: 'api-keys',
  table: 'api_key',
  title: 'API key',
  owner: 'user_id',
  defaultSort: '-created_at',
  fields: {
    name: requiredText(100, { title: 'Name' }),
    prefix: text(8, { title: 'Prefix', readOnly: true }),
    role_id: requiredReference('role', { title: 'Role', expand: 'role' }),
    scopes: object(rightsMatrix.nullable(), { title: 'Narrowed to' }),
    user_id: reference('user_account', { title: 'Person', expand: 'user', readOnly: true }),
    expires_at: time({ title: 'Expires' }),
    last_used_at: time({ title: 'Last used', readOnly: true }),
  },
});

/** `key` is only in the response that creates it. */
export const createdApiKey = apiKey.row.extend({ key: z.string() }).meta({ id: 'ApiKeyCreated' });

export const newApiKey = z
  .strictObject({
    name: filled(100),
    role_id: z.uuid(),
    scopes: rightsMatrix.nullable().optional().describe('Narrower than the role; null: all that the role allows'),
    expires_at: timeText().nullable().optional(),
  })
  .meta({ id: 'ApiKeyCreate' });
