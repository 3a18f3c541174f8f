import { useInfiniteQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import type { z } from 'zod';
import type { ledgerPage } from '../../../src/modules/mail/mailbox/ledger/contract.ts';
import { api } from '../../platform/query/api.ts';
import { Loaded } from '../../platform/settings/Loaded.tsx';
import { t, translateServerText } from '../../text/text.ts';
import { Badge, type Meaning } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { DateText } from '../../ui/DateText.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { formatNumber } from '../../ui/format.ts';
import { SearchInput } from '../../ui/SearchInput.tsx';
import { Select } from '../../ui/Select.tsx';
import { nameOfPath } from './folders.ts';
import type { Mailbox } from './mail.ts';

type LedgerPage = z.infer<typeof ledgerPage>;
type LedgerItem = LedgerPage['data'][number];
type Outcome = LedgerItem['outcome'];

const outcomes: Record<Outcome, { label: string; meaning: Meaning }> = {
  imported: { label: t('Imported'), meaning: 'good' },
  duplicate: { label: t('Here once'), meaning: 'good' },
  listed: { label: t('Waiting'), meaning: 'info' },
  received: { label: t('Being read'), meaning: 'info' },
  excluded: { label: t('Left out'), meaning: 'neutral' },
  too_large: { label: t('Too large'), meaning: 'attention' },
  failed: { label: t('Failed'), meaning: 'bad' },
  gone: { label: t('Gone'), meaning: 'neutral' },
};

/** "Why is this mail not here?": what became of each mail that the provider lists, in one sentence. */
export function LedgerDialog({ mailbox, onClose }: { mailbox: Mailbox; onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const [outcome, setOutcome] = useState<'all' | Outcome>('all');
  const q = useDeferredValue(typed.trim());
  const items = useInfiniteQuery({
    queryKey: ['mail', 'ledger', mailbox.id, { q, outcome }],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      api.get<LedgerPage>(
        '/mail-ledger',
        { mailbox_id: mailbox.id, q, outcome: outcome === 'all' ? null : outcome, cursor: pageParam },
        signal,
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
  const counts = items.data?.pages[0]?.counts;
  const pages = { ...items, data: items.data?.pages.flatMap(({ data }) => data) };
  return (
    <Dialog
      open
      size="large"
      title={t('Why is this mail not here?')}
      description={t('Every message at your provider, and what happened to it here.')}
      onClose={onClose}
    >
      <div className="flex flex-col gap-3 pt-1">
        <div className="flex flex-wrap gap-2">
          <SearchInput
            className="min-w-48 flex-1"
            aria-label={t('Words of the subject, or an address')}
            placeholder={t('Words of the subject, or an address')}
            value={typed}
            onValueChange={setTyped}
          />
          <Select
            label={t('What became of it')}
            className="w-44!"
            options={[
              { value: 'all', label: t('All') },
              ...Object.entries(outcomes).map(([value, { label }]) => ({
                value,
                label: counts ? `${label} (${formatNumber(counts[value as Outcome] ?? 0)})` : label,
              })),
            ]}
            value={outcome}
            onChange={(value) => setOutcome(value as typeof outcome)}
          />
        </div>
        <Loaded query={pages}>
          {(rows) =>
            rows.length === 0 ? (
              <EmptyState compact title={t('Your provider lists no such mail')}>
                {t(
                  'It is in none of the folders of {address}. Look in the mailbox at your provider, or try other words.',
                  {
                    address: mailbox.address,
                  },
                )}
              </EmptyState>
            ) : (
              <ul className="divide-y divide-line rounded-lg border border-line">
                {rows.map((item) => (
                  <LedgerRow key={item.id} item={item} />
                ))}
              </ul>
            )
          }
        </Loaded>
        {items.hasNextPage && (
          <Button className="self-start" busy={items.isFetchingNextPage} onClick={() => void items.fetchNextPage()}>
            {t('Show older')}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

function LedgerRow({ item: { subject, from_address, folder, sent_at, outcome, sentence } }: { item: LedgerItem }) {
  const { label, meaning } = outcomes[outcome];
  return (
    <li className="flex flex-col gap-0.5 px-4 py-2 text-13">
      <p className="flex items-center gap-2">
        <bdi className="min-w-0 flex-1 truncate font-medium">{subject || t('No subject')}</bdi>
        <Badge meaning={meaning}>{label}</Badge>
      </p>
      <p className="flex items-baseline gap-2 text-12 text-muted">
        <bdi className="min-w-0 flex-1 truncate">{`${from_address || t('Nobody')} · ${nameOfPath(folder)}`}</bdi>
        <DateText value={sent_at} className="shrink-0" />
      </p>
      <p className="wrap-anywhere">{translateServerText(sentence)}</p>
    </li>
  );
}
