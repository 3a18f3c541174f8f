import { CircleHelp } from 'lucide-react';
import { useState } from 'react';
import { findDefinition } from '../../../../platform/record/definitions.ts';
import { isBlank } from '../../../../platform/record/field.ts';
import { changedText } from '../../../../platform/record/timeline/changedText.ts';
import { t, translateServerText } from '../../../../text/text.ts';
import { Badge } from '../../../../ui/Badge.tsx';
import { Button } from '../../../../ui/Button.tsx';
import { cx } from '../../../../ui/cx.ts';
import { formatNumber } from '../../../../ui/format.ts';
import type { ImportFile } from '../import.ts';
import { OutcomeList } from './OutcomeList.tsx';
import type { ImportOutcome } from './outcomes.ts';

interface FileOutcomesProps {
  importId: string;
  file: ImportFile;
}

type Say = (record_id: string | null) => Promise<void>;

/** Before anything is written: whom rows could be, what would change in each record, and who is new. */
export function FileOutcomes({ importId, file }: FileOutcomesProps) {
  const of = { importId, fileId: file.id };
  return (
    <>
      <OutcomeList
        {...of}
        kind="could_be"
        icon={<CircleHelp size={16} className="text-attention-ink" />}
        title={(count) =>
          t('{count, plural, one {# row may match an existing contact} other {# rows may match existing contacts}}', {
            count,
          })
        }
        help={t(
          'A matching name, or an e-mail address with another first name, is not enough to tell. Unless you say that they are the same person, the existing record stays unchanged.',
        )}
        renderRow={(outcome, say) => <CouldBe outcome={outcome} say={say} />}
      />
      <OutcomeList
        {...of}
        kind="update"
        title={(count) => t('{count, plural, one {# record would change} other {# records would change}}', { count })}
        renderRow={(outcome, say) => <Update outcome={outcome} file={file} say={say} />}
      />
      <OutcomeList
        {...of}
        kind="create"
        compact
        title={(count) => t('{count, plural, one {# record would be new} other {# records would be new}}', { count })}
        renderRow={({ row, name }) => (
          <>
            <RowNumber row={row} />
            <bdi className="min-w-0 truncate">{name || t('Without a name')}</bdi>
          </>
        )}
      />
    </>
  );
}

const RowNumber = ({ row }: { row: number }) => (
  <span className="shrink-0 text-12 text-muted tabular-nums">{t('Row {number}', { number: formatNumber(row) })}</span>
);

const layout = 'grid grid-cols-1 gap-x-6 gap-y-1.5 sm:grid-cols-[minmax(0,15rem)_minmax(0,1fr)]';

function CouldBe({ outcome: { row, name, candidates }, say }: { outcome: ImportOutcome; say: Say }) {
  const [busy, setBusy] = useState<string | null>(null);
  async function choose(id: string) {
    setBusy(id);
    await say(id);
    setBusy(null);
  }
  return (
    <div className={layout}>
      <p className="flex min-w-0 flex-wrap items-baseline gap-x-3">
        <bdi className="wrap-anywhere font-medium">{name}</bdi>
        <RowNumber row={row} />
      </p>
      <ul className="flex min-w-0 flex-col gap-1.5">
        {candidates.map((other) => (
          <li key={other.id} className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className="min-w-0 flex-1 basis-48 wrap-anywhere">
              <bdi>{other.name}</bdi>
              {other.detail && <bdi className="block text-12 text-muted">{other.detail}</bdi>}
            </span>
            <Button
              size="small"
              busy={busy === other.id}
              disabled={busy !== null}
              aria-label={t('Row {number} is {name}', { number: formatNumber(row), name: other.name })}
              onClick={() => void choose(other.id)}
            >
              {t('They are the same')}
            </Button>
          </li>
        ))}
        {candidates.length === 0 && <li className="text-muted">{t('A record you cannot see')}</li>}
      </ul>
    </div>
  );
}

function Update({ outcome, file, say }: { outcome: ImportOutcome; file: ImportFile; say: Say }) {
  const [busy, setBusy] = useState(false);
  const { row, name, record, said, changes } = outcome;
  const definition = findDefinition(file.resource);
  const fieldOf = (key: string) => definition?.fields.find((field) => field.key === key);
  async function takeBack() {
    setBusy(true);
    await say(null);
    setBusy(false);
  }
  return (
    <div className={layout}>
      <div className="flex min-w-0 flex-wrap content-start items-baseline gap-x-3 gap-y-1">
        <bdi className="wrap-anywhere font-medium">{record?.name ?? name}</bdi>
        <RowNumber row={row} />
        {said && (
          <span className="flex basis-full items-center gap-2">
            <Badge>{t('Your answer')}</Badge>
            <Button size="small" emphasis="quiet" busy={busy} onClick={() => void takeBack()}>
              {t('Undo')}
            </Button>
          </span>
        )}
      </div>
      {record === null ? (
        <p className="text-muted">{t('A record you cannot see')}</p>
      ) : (
        <dl className="grid min-w-0 grid-cols-[minmax(6rem,9rem)_minmax(0,1fr)] gap-x-3 gap-y-1">
          {changes.map(({ field, title, before, after, currency = null }) => (
            <div key={field} className="contents">
              <dt className="wrap-anywhere text-muted">{translateServerText(title)}</dt>
              <dd className="min-w-0 wrap-anywhere">
                <bdi className={cx('text-muted', !isBlank(before) && 'line-through')}>
                  {changedText(before, fieldOf(field), currency)}
                </bdi>
                <span aria-hidden="true" className="inline-block px-1 rtl:-scale-x-100">
                  →
                </span>
                <span className="sr-only">{t('is now')}</span>
                <bdi>{changedText(after, fieldOf(field), currency)}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
