import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { z } from 'zod';
import { sized } from '../../contract/bounds.ts';
import { filled } from '../../contract/names.ts';
import { confirmation } from '../second-factor/contract.ts';

/** The result of `navigator.credentials`, as JSON. The library that verifies it checks its content. */
const credentialResponse = sized(
  z.looseObject({
    id: z.string().min(1).max(1400),
    rawId: z.string().min(1).max(1400),
    type: z.literal('public-key'),
    response: z.looseObject({ clientDataJSON: z.string().max(10_000) }),
    clientExtensionResults: z.looseObject({}),
  }),
  { characters: 100_000, depth: 8 },
);

export const passkeySignIn = z.strictObject({
  response: credentialResponse as unknown as z.ZodType<AuthenticationResponseJSON>,
});
export const passkeyRegistration = z.strictObject({
  name: filled(100).optional().describe('Browser and system when not given'),
  response: credentialResponse as unknown as z.ZodType<RegistrationResponseJSON>,
});
export const registrationRequest = confirmation;

export const requestOptions = z
  .object({ options: z.looseObject({}) as unknown as z.ZodType<PublicKeyCredentialRequestOptionsJSON> })
  .meta({ id: 'PasskeyRequestOptions' });
export const creationOptions = z
  .object({ options: z.looseObject({}) as unknown as z.ZodType<PublicKeyCredentialCreationOptionsJSON> })
  .meta({ id: 'PasskeyCreationOptions' });

export const passkey = z
  .object({
    id: z.uuid(),
    name: z.string(),
    backed_up: z.boolean().describe('Whether it is on more than one device'),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Passkey' });
export type Passkey = z.infer<typeof passkey>;
export const passkeyList = z.object({ data: z.array(passkey) });
