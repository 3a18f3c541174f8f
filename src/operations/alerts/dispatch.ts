import { enqueue } from '../../kernel/jobs/queue.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import {
  addMessage,
  alertsToTell,
  enabledReceivers,
  giveUpMessages,
  isMessageDue,
  type ToldAlert,
  type ToldReceiver,
  whatWasTold,
} from './queries.ts';

export const sending_kind = 'alert.send';
const alerts_per_message_max = 100;

type Told = Awaited<ReturnType<typeof whatWasTold>>;

/** What a receiver is to be told now. */
export function newsFor(
  { id, severity, after_minutes }: ToldReceiver,
  alerts: readonly ToldAlert[],
  told: Told,
  { now, groupSeconds }: { now: Date; groupSeconds: number },
): { firing: ToldAlert[]; resolved: ToldAlert[] } {
  const wasTold = (alert: ToldAlert, kind: 'firing' | 'resolved') =>
    told.some((each) => each.receiver_id === id && each.alert_id === alert.id && each.kind === kind);
  const seconds = ({ fired_at }: ToldAlert) => (now.getTime() - Date.parse(fired_at)) / 1000;
  const firing = alerts.filter(
    (alert) =>
      alert.state === 'firing' &&
      !alert.silenced &&
      (severity === 'ticket' || alert.severity === 'page') &&
      seconds(alert) >= after_minutes * 60 &&
      (after_minutes === 0 || !alert.acknowledged_at) &&
      !wasTold(alert, 'firing'),
  );
  // The first waits a little for those that fire together with it.
  const isTime = firing.some((alert) => seconds(alert) - after_minutes * 60 >= groupSeconds);
  const resolved = alerts.filter(
    (alert) => alert.state === 'resolved' && wasTold(alert, 'firing') && !wasTold(alert, 'resolved'),
  );
  return {
    firing: isTime ? firing.slice(0, alerts_per_message_max) : [],
    resolved: resolved.slice(0, alerts_per_message_max),
  };
}

/** Leaves messages for whoever is to be told something, and has them sent. */
export async function dispatch(ctx: Context, now: Date, groupSeconds: number): Promise<void> {
  const [alerts, receivers] = await Promise.all([alertsToTell(ctx), enabledReceivers(ctx)]);
  if (alerts.length > 0 && receivers.length > 0) {
    const told = await whatWasTold(
      ctx,
      alerts.map(({ id }) => id),
    );
    for (const receiver of receivers) {
      const news = newsFor(receiver, alerts, told, { now, groupSeconds });
      for (const kind of ['firing', 'resolved'] as const)
        if (news[kind].length > 0)
          await addMessage(
            ctx,
            receiver.id,
            kind,
            news[kind].map(({ id }) => id),
          );
    }
  }
  // At each look: one that was being sent, or added, while its receiver was switched off waits only then.
  await giveUpMessages(ctx);
  if (await isMessageDue(ctx)) await enqueueSending(ctx);
}

/** In the tenant of the program. Receivers that failed are tried again by later looks. */
export async function enqueueSending(ctx: Context): Promise<void> {
  await enqueue(ctx, sending_kind, {}, { dedupeKey: sending_kind, attemptsMax: 3, priority: 10 });
}
