import { z } from 'zod';
import { Problem } from '../../../kernel/errors/problem.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { publicOrigin } from '../../../kernel/identity/index.ts';
import type { Services } from '../../../kernel/services.ts';
import { systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import { openBytes, sealBytes, VaultError } from '../../../kernel/vault/seal.ts';
import { notificationKinds } from './contract.ts';
import { changeSettings, readOwnSettings } from './settings.ts';

const path = '/unsubscribe';
const token_characters_max = 1_000;

/** What a link ends: mails of one kind, or the digest. */
const ending = z.object({ tenant_id: z.uuid(), user_id: z.uuid(), what: z.enum([...notificationKinds, 'digest']) });
type Ending = z.infer<typeof ending>;

/** A sealed link opens for nothing else. */
const binding = { tenant: 'any', table: 'notification_setting', column: 'unsubscribe', row: 'link' };

/** A link that ends such mails without signing in; it says nothing to whoever cannot open it, and works for good. */
export function unsubscribeUrl(services: Pick<Services, 'config' | 'keyRing'>, what: Ending): string {
  const token = sealBytes(services.keyRing, Buffer.from(JSON.stringify(what)), binding).toString('base64url');
  return `${publicOrigin(services).origin}${path}?token=${token}`;
}

function opened({ keyRing }: Pick<Services, 'keyRing'>, token: string): Ending {
  try {
    return ending.parse(JSON.parse(openBytes(keyRing, Buffer.from(token, 'base64url'), binding).toString()));
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    throw new Problem(
      410,
      'link_expired',
      'This link does not work',
      'Open the newest e-mail, or change your notifications in the settings.',
    );
  }
}

/** By POST at once, as RFC 8058 asks of mail programs; the page at the same address asks first and changes nothing by itself. */
export const unsubscribeRoutes = (services: Pick<Services, 'db' | 'keyRing'>): Route[] => [
  route({
    method: 'POST',
    path,
    tag: 'Notifications',
    summary: 'End e-mails of one kind by the link that stands in them',
    access: 'public',
    transaction: false,
    status: 200,
    query: z.strictObject({ token: z.string().min(1).max(token_characters_max) }),
    response: z.object({ what: ending.shape.what }),
    rateLimit: { name: 'unsubscribe', limit: 30, windowSeconds: 60 },
    handler: async (_, { query }) => {
      const { tenant_id, user_id, what } = opened(services, query.token);
      await withContext(services.db, { ...systemActor(tenant_id), user_id }, async (ctx) => {
        const settings = await readOwnSettings(ctx, user_id);
        // Whose account is gone gets no mail anyway.
        if (!settings) return;
        const ended = notificationKinds.filter((kind) =>
          what === 'digest' ? settings.kinds[kind].email === 'digest' : kind === what,
        );
        await changeSettings(ctx, user_id, {
          kinds: Object.fromEntries(ended.map((kind) => [kind, { email: 'off' }])),
        });
      });
      return { body: { what } };
    },
  }),
];
