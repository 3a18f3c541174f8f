import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { invalidField, Problem, problems } from '../../errors/problem.ts';
import type { Context } from '../../tenancy/context.ts';
import { type Binding, type KeyRing, openBytes, sealBytes } from '../../vault/seal.ts';
import { hashToken } from '../../vault/tokens.ts';
import { noticePerson } from '../notice.ts';
import { deletePasskeysOf, listCredentialIds } from '../passkey/queries.ts';
import {
  confirmTotp,
  countRecoveryCodes,
  deleteTotp,
  findTotp,
  isSecondFactorRequired,
  keepTotp,
  replaceRecoveryCodes,
  spendRecoveryCode,
  spendStep,
  type TotpRow,
} from './queries.ts';

const secret_bytes = 20;
const recovery_codes_count = 10;
/** Sixteen letters and digits: 80 bits each. */
const recovery_code_bytes = 10;
/** Steps of 30 s before and after the present one that count, for clocks that are a little off. */
const steps_aside_max = 1;

const bindingOf = (ctx: Context, user_id: string): Binding => ({
  tenant: ctx.tenant_id,
  table: 'user_totp',
  column: 'sealed_secret',
  row: user_id,
});

export async function hasSecondFactor(ctx: Context, user_id: string): Promise<boolean> {
  return (await findTotp(ctx, user_id))?.confirmed ?? false;
}

/** Whether the workspace asks everybody for a second factor and this user has none. */
export async function isSecondFactorMissing(ctx: Context, user_id: string): Promise<boolean> {
  return (await isSecondFactorRequired(ctx)) && !(await hasSecondFactor(ctx, user_id));
}

export async function secondFactorState(ctx: Context, user_id: string) {
  const [totp, recovery_codes_left] = await Promise.all([
    hasSecondFactor(ctx, user_id),
    countRecoveryCodes(ctx, user_id),
  ]);
  return { totp, recovery_codes_left };
}

/**
 * Where the workspace requires a second factor, a passkey is one. Whoever has one signs in with it before adding an
 * app: otherwise whoever knows the password alone would add an app of their own and pass.
 */
async function refusePasskeyUnused(ctx: Context, user_id: string): Promise<void> {
  if (ctx.actor.second_factor_missing && (await listCredentialIds(ctx, user_id)).length > 0)
    throw new Problem(403, 'passkey_needed', 'You may not do this', 'Sign in with a passkey');
}

/** A new secret, which counts only after `confirmSetup`; calling again replaces it. */
export async function beginSetup(ctx: Context, ring: KeyRing, user_id: string, label: string) {
  await refusePasskeyUnused(ctx, user_id);
  const secret = new Secret({ buffer: new Uint8Array(randomBytes(secret_bytes)).buffer });
  const sealed = sealBytes(ring, secret.bytes, bindingOf(ctx, user_id));
  if (!(await keepTotp(ctx, user_id, sealed)))
    throw problems.conflict('A second factor is set up already. Remove it first.', 'second_factor_present');
  return { secret: secret.base32, uri: totpOf(secret, label).toString() };
}

/** Turns the second factor on once a code shows that the app has the secret. Returns the recovery codes, this once. */
export async function confirmSetup(ctx: Context, ring: KeyRing, user_id: string, code: string): Promise<string[]> {
  await refusePasskeyUnused(ctx, user_id);
  const totp = await findTotp(ctx, user_id);
  if (!totp || totp.confirmed) throw noSetup();
  if (!(await acceptsCode(ctx, ring, user_id, totp, code)))
    throw invalidField(
      'code',
      'wrong_code',
      'This code is not correct. Check the clock of the device and take the newest code',
    );
  if (!(await confirmTotp(ctx, user_id, totp.sealed_secret))) throw noSetup();
  await noticePerson(ctx, user_id, 'second_factor_added');
  return renewRecoveryCodes(ctx, user_id);
}

const noSetup = () => problems.conflict('There is no set-up to confirm. Start again.', 'no_setup');

export async function renewRecoveryCodes(ctx: Context, user_id: string): Promise<string[]> {
  const codes = Array.from({ length: recovery_codes_count }, () => {
    const letters = new Secret({
      buffer: new Uint8Array(randomBytes(recovery_code_bytes)).buffer,
    }).base32.toLowerCase();
    return letters.match(/.{4}/g)!.join('-');
  });
  await replaceRecoveryCodes(ctx, user_id, codes.map(hashRecoveryCode));
  return codes;
}

export async function removeSecondFactor(ctx: Context, user_id: string): Promise<void> {
  if (!(await deleteTotp(ctx, user_id))) throw problems.notFound('second factor');
  await noticePerson(ctx, user_id, 'second_factor_removed');
}

/**
 * For somebody who lost their device: the app, its recovery codes and all passkeys, any of which they would be asked
 * for to set up anew.
 */
export async function removeAllSecondFactors(ctx: Context, user_id: string): Promise<void> {
  const hadApp = await deleteTotp(ctx, user_id);
  const hadPasskey = await deletePasskeysOf(ctx, user_id);
  if (!hadApp && !hadPasskey) throw problems.notFound('second factor');
  if (hadApp) await noticePerson(ctx, user_id, 'second_factor_removed');
  if (hadPasskey) await noticePerson(ctx, user_id, 'passkey_removed');
}

/** Whether a code of the app, or a recovery code, is good now. It is used up by the asking. */
export async function passesSecondFactor(
  ctx: Context,
  ring: KeyRing,
  user_id: string,
  given: { code?: string | undefined; recovery_code?: string | undefined },
): Promise<boolean> {
  if (given.recovery_code !== undefined) return spendRecoveryCode(ctx, user_id, hashRecoveryCode(given.recovery_code));
  const totp = await findTotp(ctx, user_id);
  if (!totp?.confirmed || given.code === undefined) return false;
  return acceptsCode(ctx, ring, user_id, totp, given.code);
}

async function acceptsCode(
  ctx: Context,
  ring: KeyRing,
  user_id: string,
  { sealed_secret, now }: TotpRow,
  code: string,
): Promise<boolean> {
  const bytes = openBytes(ring, sealed_secret, bindingOf(ctx, user_id));
  const totp = totpOf(new Secret({ buffer: new Uint8Array(bytes).buffer }), '');
  const timestamp = Date.parse(now);
  const delta = totp.validate({ token: code, window: steps_aside_max, timestamp });
  return delta !== null && spendStep(ctx, user_id, totp.counter({ timestamp }) + delta);
}

const totpOf = (secret: Secret, label: string) => new TOTP({ issuer: 'Holdfast', label, secret });

const hashRecoveryCode = (code: string) => hashToken(code.replace(/[^a-z2-7]/g, ''));
