import { Suspense, useState } from 'react';
import { t } from '../../text/text.ts';
import { Badge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { DateText } from '../../ui/DateText.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { formatList } from '../../ui/format.ts';
import { products } from '../product/products.ts';
import { attempt } from '../query/attempt.ts';
import { fieldWords } from '../record/fieldWords.ts';
import { plainText } from '../record/timeline/plainText.ts';
import { ConflictForm } from './ConflictForm.tsx';
import { fieldsOf } from './conflict.ts';
import { titleOf } from './names.ts';
import { nameOf } from './overlay.ts';
import { sendWaiting } from './send.ts';
import { dropWaiting, type PendingMutation, setWaiting, useWaiting } from './waiting.ts';

/**
 * All changes that are not at the server, in the order they are sent in; what was not taken waits here for a decision.
 */
export default function WaitingDialog({ onClose }: { onClose: () => void }) {
  const waiting = useWaiting();
  const [leaving, setLeaving] = useState<PendingMutation | null>(null);
  return (
    <Dialog open size="medium" title={t('Pending changes')} onClose={onClose}>
      {waiting.length === 0 ? (
        <EmptyState title={t('Everything has been sent')} />
      ) : (
        <ol className="flex flex-col divide-y divide-line">
          {waiting.map((entry) => (
            <li key={entry.id} className="flex flex-col gap-2 py-3 text-13">
              <Entry entry={entry} onDrop={() => setLeaving(entry)} />
            </li>
          ))}
        </ol>
      )}
      <ConfirmDialog
        open={leaving !== null}
        title={t('Discard this change?')}
        description={t('It has not been sent. Changes that depend on it are discarded too.')}
        action={t('Discard it')}
        danger
        onClose={() => setLeaving(null)}
        onConfirm={() => {
          if (leaving) void attempt(() => dropWaiting(leaving).then(sendWaiting));
          setLeaving(null);
        }}
      />
    </Dialog>
  );
}

const states = {
  waiting: { meaning: 'attention', label: t('Waiting') },
  refused: { meaning: 'bad', label: t('Not accepted') },
  conflict: { meaning: 'bad', label: t('Conflict') },
} as const;

function Entry({ entry, onDrop }: { entry: PendingMutation; onDrop: () => void }) {
  const { meaning, label } = states[entry.state];
  const { missing = [] } = entry;
  const asked = formatList(missing.map((name) => fieldWords(entry.resource, name)));
  const said = asked === '' ? entry.reason : t('Its stage requires: {fields}', { fields: asked });
  // The reason of a closing is given with the closing alone.
  const canFill = missing.length > 0 && entry.kind !== 'create' && !missing.includes('close_reason_id');
  const again = async () => {
    await setWaiting(entry.id, { state: 'waiting', sent_at: null, reason: undefined, missing: undefined });
    await sendWaiting();
  };
  const { FillMissing } =
    products()
      .map(({ offline }) => offline?.[entry.resource])
      .find((handler) => handler) ?? {};
  const drop = (
    <Button size="small" emphasis="quiet" className="first:-ms-2" onClick={onDrop}>
      {t('Discard it')}
    </Button>
  );
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="min-w-0 flex-1 wrap-anywhere">
          <span className="font-medium">{titleOf(entry.kind, entry.resource)}</span> <bdi>{nameIn(entry)}</bdi>
        </span>
        <DateText value={new Date(entry.at).toISOString()} className="text-12 text-muted" />
        <Badge meaning={meaning}>{label}</Badge>
      </div>
      {entry.state === 'conflict' && entry.current ? (
        <ConflictForm entry={entry} current={entry.current} drop={drop} />
      ) : (
        <>
          <p className="line-clamp-3 text-muted wrap-anywhere empty:hidden">{whatOf(entry)}</p>
          {said && <p className="text-bad-ink wrap-anywhere">{said}</p>}
          <div className="flex flex-wrap gap-2">
            <Suspense>{canFill && FillMissing && <FillMissing entry={entry} onFilled={again} />}</Suspense>
            {entry.state === 'refused' && (
              <Button size="small" onClick={() => void attempt(again)}>
                {t('Send it again')}
              </Button>
            )}
            {drop}
          </div>
        </>
      )}
    </>
  );
}

const nameIn = ({ kind, record, body, optimistic }: PendingMutation): string =>
  nameOf(kind === 'create' ? { ...body, ...optimistic } : record);

/** The words of what is new, or the fields that change. */
const whatOf = ({ kind, resource, body }: PendingMutation): string =>
  kind === 'create'
    ? plainText(String(body?.body ?? ''))
    : formatList(fieldsOf(body ?? {}).map(([name]) => fieldWords(resource, name)));
