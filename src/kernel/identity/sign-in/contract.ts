import { z } from 'zod';
import { recoveryCode, totpCode } from '../second-factor/contract.ts';
import { sessionView } from '../session/contract.ts';

export const workspaceName = z.string().trim().toLowerCase().max(63);
const token = z.string().min(1).max(200);

export const passwordSignIn = z.strictObject({
  email: z.string().trim().min(1).max(254),
  password: z.string().min(1).max(1000),
  workspace: workspaceName.optional(),
});

export const secondFactorSignIn = z
  .strictObject({ challenge: token, code: totpCode.optional(), recovery_code: recoveryCode.optional() })
  .refine((given) => (given.code === undefined) !== (given.recovery_code === undefined), {
    path: ['code'],
    error: 'Send either a code or a recovery code',
  });

export const linkSignIn = z.strictObject({ token });

export const signInAnswer = z
  .discriminatedUnion('outcome', [
    z.object({ outcome: z.literal('signed_in'), session: sessionView }),
    z.object({
      outcome: z.literal('second_factor_required'),
      challenge: z.string().describe('For POST /api/v1/sign-in/second-factor, within five minutes'),
    }),
  ])
  .meta({ id: 'SignIn' });
export type SignInAnswer = z.infer<typeof signInAnswer>;

export const optionsQuery = z.strictObject({ workspace: workspaceName.optional() });
export const signInOptions = z
  .object({
    workspace: z.object({ title: z.string() }).nullable(),
    password: z.literal(true),
    passkey: z.literal(true),
    mail: z.boolean().describe('Whether a forgotten password is mended by mail: without a mail server it is not'),
    providers: z.array(z.object({ id: z.uuid(), name: z.string(), kind: z.enum(['google', 'oidc']) })),
  })
  .meta({ id: 'SignInOptions' });
