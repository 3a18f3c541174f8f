import { z } from 'zod';
import { recoveryCode, totpCode } from '../second-factor/contract.ts';

export const sessionMethods = [
  'password',
  'second_factor',
  'passkey',
  'provider',
  'link',
  'invitation',
  'workspace',
] as const;
export type SessionMethod = (typeof sessionMethods)[number];

/** The signed-in user and their rights. */
export const sessionView = z
  .object({
    user: z
      .object({
        id: z.uuid(),
        name: z.string(),
        email: z.string().nullable(),
        locale: z.string(),
        time_zone: z.string(),
      })
      .nullable()
      .describe('null for an API key of the program itself'),
    tenant: z.object({ id: z.uuid(), name: z.string(), title: z.string(), default_currency: z.string() }),
    rights: z
      .record(z.string(), z.record(z.string(), z.string()))
      .describe(
        'By resource and action: none, own, team, all, other kinds of rows, or several with "+" between; under "fields" the custom fields that one may only read, or not see',
      ),
    favourites: z.int().describe('How many favourites the user has, hidden ones too'),
    features_off: z.array(z.string()).describe('What is switched off in the workspace or the whole installation'),
    home: z.string().nullable().describe('The page at which it opens, as a role says; null: the home page of all'),
    operator: z.boolean().describe('Looks after the installation, beyond this workspace'),
    second_factor_missing: z
      .boolean()
      .describe('The workspace asks everybody for a second factor: set one up before anything else'),
  })
  .meta({ id: 'Session' });
export type SessionView = z.infer<typeof sessionView>;

/** A signed-in browser. */
export const device = z
  .object({
    id: z.uuid(),
    browser: z.string().nullable(),
    os: z.string().nullable(),
    device_type: z.enum(['desktop', 'mobile', 'tablet', 'other']),
    ip: z.string().nullable(),
    method: z.enum(sessionMethods),
    created_at: z.iso.datetime(),
    last_seen_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
    current: z.boolean(),
  })
  .meta({ id: 'Device' });

export const sessionConfirmation = z
  .strictObject({
    password: z.string().min(1).max(1000).optional(),
    code: totpCode.optional(),
    recovery_code: recoveryCode.optional(),
  })
  .refine((given) => Object.values(given).filter((value) => value !== undefined).length === 1, {
    path: ['password'],
    error: 'Send the password, a code or a recovery code',
  });

export const deviceList = z.object({ data: z.array(device) });
