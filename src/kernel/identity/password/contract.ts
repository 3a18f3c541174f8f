import { z } from 'zod';

/** How good it is, `policy.ts` decides, which knows whose it is. */
export const newPassword = z.string().min(1).max(1000);

export const passwordChange = z.strictObject({
  current_password: z.string().max(1000).optional().describe('Needed when there is one'),
  password: newPassword,
});

export const emailConfirmation = z.strictObject({ token: z.string().min(1).max(200) });

export const resetRequest = z.strictObject({ email: z.string().trim().min(1).max(254) });
export const resetCompletion = z.strictObject({ token: z.string().min(1).max(200), password: newPassword });
