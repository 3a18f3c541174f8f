import { z } from 'zod';

export const totpCode = z
  .string()
  .trim()
  .regex(/^\d{3} ?\d{3}$/, { error: 'Write the six digits that the app shows' })
  .meta({ maxLength: 7 })
  .transform((code) => code.replace(' ', ''));
export const recoveryCode = z.string().trim().toLowerCase().min(1).max(60);

export const secondFactorState = z
  .object({ totp: z.boolean(), recovery_codes_left: z.int() })
  .meta({ id: 'SecondFactor' });

/** Shown once, for the app: as a QR code made of `uri`, or typed in. */
export const totpSetup = z.object({ secret: z.string(), uri: z.string() }).meta({ id: 'TotpSetup' });
export const recoveryCodes = z.object({ recovery_codes: z.array(z.string()) }).meta({ id: 'RecoveryCodes' });

/** The password again, from whoever signed in longer than ten minutes ago. */
export const confirmation = z.strictObject({ password: z.string().max(1000).optional() });
