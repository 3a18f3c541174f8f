import { z } from 'zod';
import { Problem } from '../../kernel/errors/problem.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { publicOrigin } from '../../kernel/identity/index.ts';
import type { Services } from '../../kernel/services.ts';
import { type Context, systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { openBytes, sealBytes, VaultError } from '../../kernel/vault/seal.ts';
import { notificationKinds } from './contract.ts';
import { changeSettings, readOwnSettings } from './settings.ts';

const path = '/unsubscribe';
const token_characters_max = 1_000;

/** What a link ends: mails of one kind, or the digest; or, of another noun, those that `id` sends. */
const ending = z.object({ tenant_id: z.uuid(), user_id: z.uuid(), what: z.string().max(40), id: z.uuid().optional() });
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

/** How mails of other nouns end, by what their links say. */
export type OtherMails = Readonly<Record<string, (ctx: Context, id: string) => Promise<unknown>>>;

/**
 * By POST at once, as RFC 8058 asks of mail programs; the page at the same address asks first and changes nothing by
 * itself.
 */
export const unsubscribeRoutes = (services: Pick<Services, 'db' | 'keyRing'>, others: OtherMails): Route[] => [
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
      const { tenant_id, user_id, what, id } = opened(services, query.token);
      await withContext(services.db, { ...systemActor(tenant_id), user_id }, async (ctx) => {
        const end = others[what];
        if (end && id) return void (await end(ctx, id));
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
