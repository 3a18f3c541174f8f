import { z } from 'zod';

/** `policy.ts` checks its strength, because that depends on the user. */
export const newPassword = z.string().min(1).max(1000);

const revokeCredentials = z
  .boolean()
  .optional()
  .describe('Also revoke the own API keys and the address of the own calendar');

export const passwordChange = z.strictObject({
  current_password: z.string().max(1000).optional().describe('Needed when there is one'),
  password: newPassword,
  revoke_credentials: revokeCredentials,
});

export const emailConfirmation = z.strictObject({ token: z.string().min(1).max(200) });

export const resetRequest = z.strictObject({ email: z.string().trim().min(1).max(254) });
export const resetLookup = z.strictObject({ token: z.string().min(1).max(200) });
export const resetShown = z
  .object({ email: z.string().nullable(), tenant: z.object({ title: z.string() }) })
  .meta({ id: 'PasswordResetShown' });
export const resetCompletion = z.strictObject({
  token: z.string().min(1).max(200),
  password: newPassword,
  revoke_credentials: revokeCredentials,
});
