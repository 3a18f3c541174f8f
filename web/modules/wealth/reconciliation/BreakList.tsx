import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { changing } from '../../../platform/query/api.ts';
import { messageOf } from '../../../platform/query/problem.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { offerUndo } from '../../../platform/query/undo.ts';
import { FormField } from '../../../platform/record/FormField.tsx';
import type { FieldDef } from '../../../platform/record/field.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { formatDate, formatDateTime } from '../../../ui/format.ts';
import { toast } from '../../../ui/toast.ts';
import { RecordLink } from '../RecordLink.tsx';
import { type Break, breakFigure, causeText, mendText } from './breaks.ts';

/**
 * Differences between what a custodian says and what transactions give, each with its likely cause and ways to close
 * it.
 */
export function BreakList({ breaks, withAccount }: { breaks: readonly Break[]; withAccount?: boolean }) {
  return (
    <ul className="flex flex-col divide-y divide-line rounded-lg border border-line">
      {breaks.map((one) => (
        <BreakRow
          key={`${one.account.id} ${one.security?.id ?? one.currency}`}
          of={one}
          withAccount={withAccount ?? false}
        />
      ))}
    </ul>
  );
}

function BreakRow({ of: one, withAccount }: { of: Break; withAccount: boolean }) {
  const may = useMay();
  const [accepting, setAccepting] = useState(false);
  const [note, setNote] = useState('');
  const { account, household, security, currency, day, ours, theirs, difference, cause, mend, accepted } = one;
  const held = security?.name ?? t('Cash in {currency}', { currency: currency ?? '' });
  /** The row is gone by the time that one reads what was done with it. */
  const what = `${held} · ${account.name} · ${household.name}`;
  const changed = (say: () => void) => {
    say();
    setAccepting(false);
    void queryClient.invalidateQueries();
  };
  const mending = useMutation({
    mutationFn: () =>
      changing.post(`/financial-accounts/${account.id}/breaks/mendings`, {
        security_id: security?.id ?? null,
        currency: security ? null : currency,
        difference,
        mend,
      }),
    onSuccess: () =>
      changed(() =>
        toast(t('Break closed'), {
          // What is booked is never taken away, only offset.
          description: t('By a transaction of the account. To undo it, reverse that transaction.'),
        }),
      ),
  });
  const accept = useMutation({
    mutationFn: () =>
      changing.post('/accepted-breaks', {
        account_id: account.id,
        day,
        security_id: security?.id ?? null,
        ...(currency && { currency }),
        difference,
        note: note.trim(),
      }),
    onSuccess: ({ change }) => changed(() => offerUndo(t('Difference accepted'), change, what)),
  });
  const reopen = useMutation({
    mutationFn: () => changing.delete(`/accepted-breaks/${accepted!.id}`),
    onSuccess: ({ change }) => changed(() => offerUndo(t('Break reopened'), change, what)),
  });
  const error = mending.error ?? accept.error ?? reopen.error;
  return (
    <li className="flex flex-col gap-2 p-3">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <span className="min-w-0 flex-1 basis-48">
          <span className="block truncate text-13 font-medium">
            {security ? (
              <RecordLink of="financial_security" id={security.id}>
                <bdi>{held}</bdi>
              </RecordLink>
            ) : (
              held
            )}
          </span>
          {withAccount && (
            <span className="block truncate text-12 text-muted">
              <RecordLink of="financial_account" id={account.id}>
                <bdi>{account.name}</bdi>
              </RecordLink>
              {' · '}
              <bdi>{household.name}</bdi>
            </span>
          )}
        </span>
        <dl className="flex gap-4 text-13 tabular-nums">
          {[
            { label: t('Ours'), value: ours },
            { label: t('Custodian'), value: theirs },
            { label: t('Difference'), value: difference, look: 'font-medium' },
          ].map(({ label, value, look }) => (
            <div key={label} className="text-end">
              <dt className="text-12 text-muted">{label}</dt>
              <dd className={look}>{breakFigure(value, currency)}</dd>
            </div>
          ))}
        </dl>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <span className="min-w-0 flex-1 basis-56 text-12 text-muted">
          {accepted ? (
            <>
              <Badge>{t('Accepted')}</Badge> {accepted.note} · {formatDateTime(accepted.at)}
            </>
          ) : (
            `${causeText(cause)} · ${formatDate(day)}`
          )}
        </span>
        {may('financial_account', 'update') && !accepting && (
          <span className="flex flex-wrap gap-2">
            {accepted ? (
              <Button size="small" busy={reopen.isPending} onClick={() => reopen.mutate()}>
                {t('Open again')}
              </Button>
            ) : (
              <>
                <Button size="small" onClick={() => setAccepting(true)}>
                  {t('Accept difference')}
                </Button>
                {mend && (
                  <Button size="small" emphasis="primary" busy={mending.isPending} onClick={() => mending.mutate()}>
                    {mendText(mend)}
                  </Button>
                )}
              </>
            )}
          </span>
        )}
      </div>
      {accepting && (
        <form
          className="flex flex-wrap items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (note.trim() !== '') accept.mutate();
          }}
        >
          <FormField
            field={noteField}
            value={note}
            onChange={(typed) => setNote(String(typed ?? ''))}
            className="min-w-48 flex-1"
          />
          <Button type="submit" emphasis="primary" busy={accept.isPending} disabled={note.trim() === ''}>
            {t('Accept difference')}
          </Button>
          <Button onClick={() => setAccepting(false)}>{t('Cancel')}</Button>
        </form>
      )}
      {error && <Banner meaning="bad">{messageOf(error)}</Banner>}
    </li>
  );
}

const noteField: FieldDef = { key: 'note', label: t('Why is it accepted?'), kind: 'text', required: true };
