import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type {
  Attempt,
  Delivery,
  DeliveryContent,
  DeliveryPage,
  WebhookVerb,
  webhook,
} from '../../../../src/platform/webhook/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import type { Resource } from '../../../platform/query/resources.ts';
import { findDefinition } from '../../../platform/record/definitions.ts';
import type { Filter } from '../../../platform/record/filter/filter.ts';
import { recordTypes, wordsOf } from '../../../platform/record/recordTypes.ts';
import { t } from '../../../text/text.ts';
import type { Meaning } from '../../../ui/Badge.tsx';
import { formatList } from '../../../ui/format.ts';

export const verbs = ['created', 'updated', 'deleted', 'restored', 'merged'] as const;
export type Verb = WebhookVerb;
export type { Attempt, Delivery, DeliveryContent };

/** What a webhook can be told of. */
export const resources: readonly Resource[] = [
  ...recordTypes().map(({ resource }) => resource),
  ...['note', 'comment', 'task', 'activity'],
];

export interface Choice {
  verbs: Verb[];
  filter?: Filter | null;
}
export type Events = Partial<Record<Resource, Choice>>;

export type Webhook = Omit<RowOf<typeof webhook>, 'events'> & { events: Events };

export const verbLabels: Record<Verb, string> = {
  created: t('Created'),
  updated: t('Updated'),
  deleted: t('Deleted'),
  restored: t('Restored'),
  merged: t('Merged'),
};

/** The words for events in a list. */
const verbWords: Record<Verb, string> = {
  created: t('created'),
  updated: t('updated'),
  deleted: t('deleted'),
  restored: t('restored'),
  merged: t('merged'),
};

export const states: Record<Delivery['state'], { label: string; meaning: Meaning }> = {
  waiting: { label: t('Waiting'), meaning: 'info' },
  delivered: { label: t('Delivered'), meaning: 'good' },
  failed: { label: t('Failed'), meaning: 'bad' },
  skipped: { label: t('Not sent'), meaning: 'neutral' },
};

export const disabledWords: Record<NonNullable<Webhook['disabled_reason']>, string> = {
  failing: t('The receiver accepted nothing for 24 hours.'),
  gone: t('The receiver answered that it is gone for good (410).'),
  backlog: t('The receiver was more than 3 days behind.'),
  owner_inactive: t('Its owner has no access to this workspace any more.'),
  owner_rights: t('Its owner is no longer allowed to have webhooks.'),
  key_expired: t('The API key that made it has expired.'),
};

const reasons: Record<string, string> = {
  not_visible: t('The owner cannot see the record, or it is gone'),
  filter: t('The record does not match the filter'),
  filter_invalid: t('The filter uses a field that does not exist'),
  not_wanted: t('The webhook no longer covers this kind of event'),
  disabled: t('The webhook was disabled'),
  too_long: t('Tried for 24 hours'),
};
export const reasonOf = ({ reason }: Delivery): string | null => (reason ? (reasons[reason] ?? reason) : null);

const errors: Record<string, string> = {
  timeout: t('No answer in time'),
  redirect: t('Redirects are not followed'),
  private_address: t('The address leads into a private network'),
  unknown_host: t('The host was not found'),
  certificate: t('The certificate is not valid'),
  connection: t('The connection failed'),
};

/** How an attempt went: what the receiver answered, or why it did not. */
export function outcomeOf({ status, error }: Attempt): string {
  const words = error && errors[error];
  if (status === null) return words ?? t('The connection failed');
  return words ? `${status} · ${words}` : String(status);
}

/** Filters need to know the fields of a record type. */
export const filterable = (resource: Resource) => findDefinition(resource);

export const verbsOf = (resource: Resource): readonly Verb[] =>
  findDefinition(resource)?.contract.merges ? verbs : verbs.filter((verb) => verb !== 'merged');

/** "Contacts: created, updated (filtered)". */
export const eventsInWords = (events: Events): string =>
  resources
    .flatMap((resource) => {
      const choice = events[resource];
      if (!choice) return [];
      const which = formatList(choice.verbs.map((verb) => verbWords[verb]));
      const values = { records: wordsOf(resource).Types, which };
      return choice.filter ? t('{records}: {which}, filtered', values) : t('{records}: {which}', values);
    })
    .join(' · ');

const log_ms = 3_000;

/** What was sent, newest first; read again every few seconds, since no change of a record says that something was. */
export function useDeliveries(id: string, state: string) {
  const pages = useInfiniteQuery({
    queryKey: ['webhook', 'other', 'deliveries', id, state],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      api.get<DeliveryPage>(
        `/webhooks/${id}/deliveries`,
        { state: state === 'all' ? undefined : state, cursor: pageParam },
        signal,
      ),
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: log_ms,
    placeholderData: keepPreviousData,
  });
  return {
    ...pages,
    data: pages.data?.pages.flatMap((page) => page.data),
    sending: pages.data?.pages[0]?.sending,
  };
}

export const useDelivery = (webhook_id: string, id: string) =>
  useQuery({
    queryKey: ['webhook', 'other', 'delivery', webhook_id, id],
    queryFn: ({ signal }) => api.get<DeliveryContent>(`/webhooks/${webhook_id}/deliveries/${id}`, {}, signal),
    refetchInterval: log_ms,
  });

export const refresh = () => queryClient.invalidateQueries({ queryKey: ['webhook'] });
