import { invalidField, Problem } from '../../errors/problem.ts';
import { isPrivateHost } from '../../http/outbound.ts';
import { createRow, getRow, updateRow, type Values } from '../../resource/store.ts';
import type { Services } from '../../services.ts';
import type { Context } from '../../tenancy/context.ts';
import { refuseUnlessAdministrator } from '../user/authority.ts';
import { mayBePlain, sealClientSecret } from './client.ts';
import { signInProvider } from './contract.ts';
import { isProviderBeyond, writeIssuer, writeSecret } from './queries.ts';

const google_issuer = 'https://accounts.google.com';

interface Secrets {
  issuer?: string | undefined;
  client_secret?: string | null | undefined;
}

export async function createProvider(
  ctx: Context,
  services: Services,
  { issuer, client_secret, ...fields }: Values & Secrets,
): Promise<Values> {
  refuseUnlessAdministrator(ctx);
  const known = fields.kind === 'google' ? google_issuer : issuer;
  if (!known) throw invalidField('issuer', 'required', 'Write the issuer as the provider gives it');
  refuseUnsafe(services, known);
  const { id } = await createRow(ctx, signInProvider, fields, { issuer: known });
  if (client_secret)
    await writeSecret(ctx, id as string, sealClientSecret(services, ctx.tenant_id, id as string, client_secret));
  return getRow(ctx, signInProvider, id as string);
}

export async function updateProvider(
  ctx: Context,
  services: Services,
  id: string,
  { issuer, client_secret, ...fields }: Values & Secrets,
  version: number | undefined,
): Promise<Values> {
  refuseUnlessAdministrator(ctx);
  await refuseOperatorProvider(ctx, id);
  // The row is locked from here on. Issuer and secret are not among these fields, so the answer has those from before.
  const before = await updateRow(ctx, signInProvider, id, fields, version);
  if (issuer !== undefined && issuer !== before.issuer) {
    if (before.kind === 'google') throw invalidField('issuer', 'fixed', 'Google has only one issuer');
    // Else whoever may change the address could have the secret sent to one of their own.
    if (before.has_client_secret && client_secret === undefined)
      throw invalidField('client_secret', 'required', 'A new issuer needs the client secret again');
    refuseUnsafe(services, issuer);
    await writeIssuer(ctx, id, issuer);
  }
  if (client_secret !== undefined) {
    const sealed = client_secret === null ? null : sealClientSecret(services, ctx.tenant_id, id, client_secret);
    await writeSecret(ctx, id, sealed);
  }
  return getRow(ctx, signInProvider, id);
}

/**
 * A provider that lets in operators is theirs: whoever leads it elsewhere, or removes it, decides who operates the
 * installation. The database asks too.
 */
export async function refuseOperatorProvider(ctx: Context, id: string): Promise<void> {
  if (await isProviderBeyond(ctx, id))
    throw new Problem(
      403,
      'operator_provider',
      'You may not do this',
      'An operator of the installation made this provider, so only operators, signed in, change or delete it. Ask one of them.',
    );
}

function refuseUnsafe({ config }: Services, issuer: string): void {
  const { hostname, username, password } = new URL(issuer);
  if (username || password)
    throw invalidField(
      'issuer',
      'credentials',
      'Leave out name and password; the client has an ID and a secret instead',
    );
  if (!config.ALLOW_PRIVATE_NETWORKS && isPrivateHost(hostname))
    throw invalidField(
      'issuer',
      'private_address',
      'The issuer must be on the public internet, unless this installation has ALLOW_PRIVATE_NETWORKS set',
    );
  if (!issuer.startsWith('https:') && !mayBePlain(config))
    throw invalidField('issuer', 'plaintext', 'The issuer must begin with https://');
}
