import { z } from 'zod';
import { filled } from '../../contract/names.ts';
import { currencyCode, locale, timeZone } from '../contract.ts';

const settings = {
  title: filled(200),
  default_currency: currencyCode,
  time_zone: timeZone,
  locale,
  second_factor_required: z.boolean().describe('Everybody sets up a second factor before anything else'),
};

export const tenant = z
  .object({
    id: z.uuid(),
    name: z.string(),
    ...settings,
    version: z.int(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'Tenant' });
export type Tenant = z.infer<typeof tenant>;

export const tenantUpdate = z.strictObject(settings).partial().meta({ id: 'TenantUpdate' });
export type TenantUpdate = z.infer<typeof tenantUpdate>;
