import type { Alert, Receiver, ReceiverWithSecret } from '../../../../src/operations/alerts/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import type { FieldDef } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import type { Meaning } from '../../../ui/Badge.tsx';
import { installationKey, reasonField } from './installation.ts';

export const severities: Record<Alert['severity'], { label: string; meaning: Meaning }> = {
  page: { label: t('Wakes somebody up'), meaning: 'bad' },
  ticket: { label: t('Can wait until morning'), meaning: 'attention' },
};

export const receiverKinds: Record<Receiver['kind'], string> = {
  email: t('E-mail'),
  slack: t('Slack'),
  webhook: t('Webhook'),
  pagerduty: t('PagerDuty'),
};

const errors: Record<string, string> = {
  no_mail_server: t('No mail server is configured: set SMTP_URL'),
  receiver_off: t('The receiver was switched off'),
  mail_invalid: t('The mail could not be written'),
  timeout: t('No answer in time'),
  unknown_host: t('The host was not found'),
  certificate: t('Its certificate is not valid'),
  connection: t('No connection'),
  private_address: t('The address is in a private network; ALLOW_PRIVATE_NETWORKS allows it'),
  redirect: t('It answers with a redirect, which is not followed'),
};
export const errorWords = (error: string): string => errors[error] ?? error;

export async function operateOn(
  path: string,
  body: Record<string, unknown> = {},
  method: 'post' | 'patch' | 'put' = 'post',
  version?: number,
): Promise<void> {
  await api[method](`/installation${path}`, body, version);
  await queryClient.invalidateQueries({ queryKey: [installationKey] });
}

export async function createReceiver(body: Record<string, unknown>): Promise<ReceiverWithSecret> {
  const made = await api.post<ReceiverWithSecret>('/installation/alert-receivers', body);
  await queryClient.invalidateQueries({ queryKey: [installationKey] });
  return made;
}

const is =
  (...kinds: Receiver['kind'][]) =>
  ({ kind }: Readonly<Record<string, unknown>>) =>
    kinds.includes(kind as Receiver['kind']);

export const receiverFields: readonly FieldDef[] = [
  { key: 'name', label: t('Name'), kind: 'text', required: true },
  {
    key: 'kind',
    label: t('Kind'),
    kind: 'select',
    required: true,
    options: Object.entries(receiverKinds).map(([value, label]) => ({ value, label })),
  },
  { key: 'email', label: t('E-mail'), kind: 'email', required: true, shownWhen: is('email') },
  {
    key: 'url',
    label: t('Address'),
    kind: 'text',
    required: true,
    shownWhen: is('slack', 'webhook'),
    help: t('Of Slack the incoming webhook; of a webhook what takes the JSON of Alertmanager.'),
  },
  { key: 'routing_key', label: t('Integration key'), kind: 'text', required: true, shownWhen: is('pagerduty') },
  {
    key: 'severity',
    label: t('Notified about'),
    kind: 'select',
    required: true,
    options: [
      { value: 'ticket', label: t('Every alert') },
      { value: 'page', label: t('Only urgent alerts') },
    ],
  },
  {
    key: 'after_minutes',
    label: t('Minutes without acknowledgement'),
    kind: 'integer',
    required: true,
    help: t('0 notifies at once. A second receiver with 15 is notified if nobody acknowledges within 15 minutes.'),
  },
  reasonField,
];

const hour = 60;
export const silenceFields: readonly FieldDef[] = [
  {
    key: 'minutes',
    label: t('For how long'),
    kind: 'select',
    required: true,
    options: [
      { value: '60', label: t('1 hour') },
      { value: String(4 * hour), label: t('4 hours') },
      { value: String(24 * hour), label: t('1 day') },
      { value: String(7 * 24 * hour), label: t('1 week') },
    ],
  },
  reasonField,
];
