import { uuidV7 } from '../../kernel/database/uuid.ts';
import { invalidField, problems } from '../../kernel/errors/problem.ts';
import { isPlainAddress } from '../../kernel/mail/sender.ts';
import type { Services } from '../../kernel/services.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { makeSecret, refuseUnsafe } from '../../platform/webhook/index.ts';
import {
  type Alert,
  type AlertList,
  type AlertRule,
  type NewReceiver,
  type Receiver,
  type ReceiverWithSecret,
  receivers_max,
  type Silence,
  silences_max,
} from './contract.ts';
import { type Limits, limitsOf } from './evaluate.ts';
import {
  type AlertRow,
  acknowledge,
  addMessage,
  addSilence,
  countReceivers,
  countSilences,
  deleteReceiver,
  endSilence,
  findReceiver,
  firingNow,
  insertReceiver,
  listFiring,
  listReceivers,
  listResolved,
  listSilences,
  note,
  readSettings,
  updateReceiver,
  writeSetting,
} from './queries.ts';
import { ownRules, ruleByName } from './rules.ts';
import { sealSecret } from './secret.ts';
import { wordsOf } from './wording.ts';

type ReceiverServices = Pick<Services, 'config' | 'keyRing'>;

const viewOf = (row: AlertRow): Alert => ({ ...row, ...wordsOf(row) });

export async function readAlerts(ctx: Context): Promise<AlertList> {
  const [firing, resolved, silences] = await Promise.all([
    listFiring(ctx),
    listResolved(ctx),
    listSilences<Silence>(ctx),
  ]);
  return { firing: firing.map(viewOf), resolved: resolved.map(viewOf), silences };
}

/** What fires and is not silenced, in short. */
export const firingInWords = async (ctx: Context): Promise<Pick<Alert, 'message' | 'severity'>[]> =>
  (await firingNow(ctx)).map((alert) => ({ message: wordsOf(alert).message, severity: alert.severity }));

export async function acknowledgeAlert(ctx: Context, id: string, reason: string): Promise<void> {
  const acknowledged = await acknowledge(ctx, id);
  if (!acknowledged)
    throw problems.conflict('Only an alert that fires and that nobody has acknowledged can be. Reload the list.');
  await note(ctx, 'alert.acknowledge', `${acknowledged.rule} ${id}`, reason);
}

export async function silence(
  ctx: Context,
  wanted: { rule: string | null; labels: Record<string, string>; minutes: number; reason: string },
): Promise<string> {
  if (wanted.rule !== null && !ruleByName.has(wanted.rule))
    throw invalidField('rule', 'unknown', 'There is no such rule');
  if ((await countSilences(ctx)) >= silences_max)
    throw problems.conflict(`There are at most ${silences_max} silences at once. End one that is not needed.`);
  await note(ctx, 'alert.silence', `${wanted.rule ?? '*'}, ${wanted.minutes} min`, wanted.reason);
  return addSilence(ctx, wanted);
}

export async function unsilence(ctx: Context, id: string, reason: string): Promise<void> {
  const ended = await endSilence(ctx, id);
  if (!ended) throw problems.conflict('This silence has ended already. Reload the list.');
  await note(ctx, 'alert.unsilence', ended.rule ?? '*', reason);
}

export async function readReceivers(ctx: Context): Promise<Receiver[]> {
  return (await listReceivers(ctx)).map(
    ({ last_kind, last_state, last_error, last_attempt_count, last_at, last_next_at, ...receiver }) => ({
      ...receiver,
      last: last_kind && {
        kind: last_kind,
        state: last_state!,
        error: last_error,
        attempt_count: last_attempt_count!,
        at: last_at!,
        next_at: last_next_at,
      },
    }),
  );
}

/** What is secret is sealed, and shown at most this once. */
export async function createReceiver(
  ctx: Context,
  services: ReceiverServices,
  input: NewReceiver,
): Promise<ReceiverWithSecret> {
  if ((await countReceivers(ctx)) >= receivers_max)
    throw problems.conflict(`There are at most ${receivers_max} receivers. Delete one that is not needed.`);
  const { name, kind, severity, after_minutes, reason } = input;
  if (kind === 'email' && !isPlainAddress(input.email))
    throw invalidField('email', 'invalid', 'Write one plain address, such as ops@example.com');
  if (kind !== 'email') refuseUnsafe(services, input.url);
  const id = uuidV7();
  const made = kind === 'webhook' ? makeSecret() : null;
  const secret = kind === 'slack' ? input.url : kind === 'pagerduty' ? input.routing_key : made;
  const target = kind === 'email' ? input.email : kind === 'slack' ? new URL(input.url).origin : input.url;
  const sealed_secret = secret === null ? null : sealSecret(services, id, secret);
  await insertReceiver(ctx, { id, name, kind, target, sealed_secret, severity, after_minutes });
  await note(ctx, 'alert_receiver.create', `${name}: ${kind} ${target}`, reason);
  return { id, secret: made };
}

export async function changeReceiver(
  ctx: Context,
  id: string,
  { reason, ...change }: { reason: string } & Parameters<typeof updateReceiver>[2],
  version: number | undefined,
): Promise<void> {
  const changed = await updateReceiver(ctx, id, change, version);
  if (!changed) {
    const current = (await readReceivers(ctx)).find((receiver) => receiver.id === id);
    throw current ? problems.stale(current) : problems.notFound();
  }
  await note(ctx, 'alert_receiver.update', changed.name, reason);
}

export async function removeReceiver(ctx: Context, id: string, reason: string): Promise<void> {
  const deleted = await deleteReceiver(ctx, id);
  if (!deleted) throw problems.notFound();
  await note(ctx, 'alert_receiver.delete', deleted.name, reason);
}

export async function testReceiver(ctx: Context, id: string): Promise<void> {
  const found = await findReceiver(ctx, id);
  if (!found) throw problems.notFound();
  await addMessage(ctx, id, 'test', []);
  await note(ctx, 'alert_receiver.test', found.name, 'Test');
}

export async function readRules(ctx: Context): Promise<AlertRule[]> {
  const settings = new Map((await readSettings(ctx)).map((setting) => [setting.rule, setting]));
  return ownRules.map((rule) => ({
    name: rule.name,
    message: rule.message,
    severity: rule.severity,
    measure: rule.measure.promql,
    is: rule.is,
    unit: rule.unit,
    ...limitsOf(rule, settings.get(rule.name)),
    changed: settings.has(rule.name),
    version: settings.get(rule.name)?.version ?? 0,
  }));
}

export async function changeRule(
  ctx: Context,
  name: string,
  { reason, ...limits }: Limits & { reason: string },
  version: number | undefined,
): Promise<void> {
  const rule = ruleByName.get(name);
  if (!rule || rule.only === 'prometheus') throw problems.notFound();
  if (!(await writeSetting(ctx, name, limits, version)))
    throw problems.stale((await readRules(ctx)).find((current) => current.name === name));
  const { enabled, threshold, for_seconds, keep_seconds } = limits;
  const set = enabled ? `${rule.is} ${threshold} for ${for_seconds} s, ends after ${keep_seconds} s` : 'off';
  await note(ctx, 'alert_rule.update', `${name}: ${set}`, reason);
}
