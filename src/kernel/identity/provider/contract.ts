import { z } from 'zod';
import { boolean, list, requiredSelect, requiredText, text } from '../../contract/fields.ts';
import { localPath } from '../../contract/local-path.ts';
import { defineResource } from '../../contract/resource.ts';

const domain = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(/^[^\s@.]+(\.[^\s@.]+)+$/, { error: 'Write a domain such as example.com' });

/** The client's secret is written, never read; answers say only whether there is one. */
export const signInProvider = defineResource({
  name: 'sign_in_provider',
  plural: 'sign-in-providers',
  table: 'sign_in_provider',
  title: 'sign-in provider',
  defaultSort: 'name',
  fields: {
    name: requiredText(100, { title: 'Name' }),
    kind: requiredSelect(['google', 'oidc'], { title: 'Kind', required: true, createOnly: true }),
    issuer: text(2000, { title: 'Issuer', readOnly: true }),
    client_id: requiredText(500, { title: 'Client ID' }),
    has_client_secret: boolean({ title: 'Has a client secret', readOnly: true }),
    allowed_domains: list(domain, 50, { title: 'Allowed e-mail domains' }),
    enforces_second_factor: boolean({ title: 'Asks for a second factor itself' }),
    enabled: boolean({ title: 'Enabled' }),
    by_operator: boolean({ title: 'Made by an operator of the installation', readOnly: true }),
  },
});

const issuer = z
  .url({ protocol: /^https?$/, error: 'Write the issuer as the provider gives it, such as https://login.example.com' })
  .max(2000);
const secret = z.string().min(1).max(1000);

export const newProvider = signInProvider.create
  .extend({ issuer: issuer.optional().describe('Fixed for Google'), client_secret: secret.optional() })
  .meta({ id: 'SignInProviderCreate' });
export const providerUpdate = signInProvider.update
  .extend({
    issuer: issuer.optional().describe('A new issuer needs the client secret again'),
    client_secret: secret.nullable().optional(),
  })
  .meta({ id: 'SignInProviderUpdate' });

/** An account at a provider, connected to the caller or not yet. */
export const identityList = z.object({
  data: z.array(z.object({ provider_id: z.uuid(), name: z.string(), connected: z.boolean() })),
});
const nextPath = z
  .string()
  .max(2000)
  .refine((next) => localPath(next) !== undefined)
  .transform((next) => localPath(next)!);
export const identityRequest = z.strictObject({ provider_id: z.uuid(), next: nextPath.optional() });
export const identityBegun = z
  .object({ url: z.url().describe('Where to send the browser') })
  .meta({ id: 'IdentityBegun' });
export const identityParams = z.object({ provider_id: z.uuid() });
export const identityLink = z.strictObject({ token: z.string().min(1).max(200) });

export const beginQuery = z.strictObject({ next: nextPath.optional().describe('Where to go afterwards') });
