import { z } from 'zod';
import { passkeySignIn } from '../passkey/contract.ts';
import { recoveryCode, totpCode } from '../second-factor/contract.ts';
import { workspaceName } from '../sign-in/contract.ts';

export const accountLinkList = z
  .object({
    data: z.array(
      z.object({
        tenant_id: z.uuid(),
        title: z.string().describe('Of the workspace'),
        name: z.string(),
        email: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'AccountLinkList' });
export type AccountLink = z.output<typeof accountLinkList>['data'][number];

export const accountProof = z.union([
  z.strictObject({
    email: z.string().trim().min(1).max(254),
    password: z.string().min(1).max(1000),
    workspace: workspaceName.describe('By its name'),
    code: totpCode.optional().describe('Of the second factor, where the account has one'),
    recovery_code: recoveryCode.optional(),
  }),
  z.strictObject({ passkey: passkeySignIn.shape.response }),
]);
export type AccountProof = z.output<typeof accountProof>;

export const workspaceChange = z.strictObject({ tenant_id: z.uuid() });
