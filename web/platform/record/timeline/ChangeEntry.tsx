import { useState } from 'react';
import { inSentence, t, translateServerText } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { formatList } from '../../../ui/format.ts';
import { attempt } from '../../query/attempt.ts';
import type { Resource } from '../../query/resources.ts';
import { takeBack } from '../../query/undo.ts';
import { useMay } from '../../session/session.tsx';
import { actedThrough } from '../actedThrough.ts';
import { definitionOf } from '../definitions.ts';
import type { AnyRecord, FieldDef } from '../field.ts';
import { wordsOf } from '../recordTypes.ts';
import { leadsBack } from '../states.ts';
import { changedText } from './changedText.ts';
import { EntryHead } from './EntryHead.tsx';
import type { Change } from './timeline.ts';

const shown_max = 3;

/** The right to the opposite change. */
const rightToUndo: Record<Change['action'], string> = {
  create: 'delete',
  update: 'update',
  trash: 'delete',
  restore: 'delete',
  merge: 'delete',
};

/** Fields before and after. */
interface ChangeEntryProps {
  change: Change;
  at: string;
  resource: Resource;
  record: AnyRecord;
  fields: readonly FieldDef[];
}

export function ChangeEntry({ change, at, resource, record, fields }: ChangeEntryProps) {
  const [all, setAll] = useState(false);
  const may = useMay();
  const undoable =
    change.change_id !== null &&
    !change.undone &&
    may(resource, rightToUndo[change.action]) &&
    isReversible(change, resource);
  const [busy, setBusy] = useState(false);
  async function undo() {
    setBusy(true);
    await attempt(() => takeBack(change.change_id!, change.action === 'merge' ? undefined : record.id));
    setBusy(false);
  }
  const changes =
    change.action === 'update'
      ? // The head says how the state changed.
        change.changes.filter(({ field }) => !change.transition || field !== stateField(resource))
      : [];
  const fieldOf = (key: string) => fields.find((field) => field.key === key);
  /** That of an amount may have changed along with it, or since. */
  function currencyOf(key: string, side: 'before' | 'after'): string | null {
    const currencyKey = fieldOf(key)?.currencyKey;
    const changed = changes.find(({ field }) => field === currencyKey);
    const ofAmount = changes.find(({ field }) => field === key)?.currency;
    return (changed ? changed[side] : (ofAmount ?? record[currencyKey ?? ''])) as string | null;
  }
  const shown = all ? changes : changes.slice(0, shown_max);
  return (
    <>
      <EntryHead
        who={
          change.actor
            ? { ...change.actor, name: actedThrough(change.actor.name, change.via) }
            : { id: '', name: 'Holdfast' }
        }
        what={
          <>
            {change.is_undo
              ? t('{what} by undo', { what: inWords(change, resource, fields) })
              : inWords(change, resource, fields)}
            {change.undone && <Badge className="ms-1.5">{t('Undone')}</Badge>}
          </>
        }
        at={at}
        actions={
          undoable && (
            <Button
              size="small"
              emphasis="quiet"
              aria-label={change.is_undo ? t('Redo this change') : t('Undo this change')}
              busy={busy}
              onClick={() => void undo()}
            >
              {change.is_undo ? t('Redo') : t('Undo')}
            </Button>
          )
        }
      />
      {change.erased && <p className="mt-1 text-muted">{t('The values have been erased.')}</p>}
      {shown.length > (change.erased ? 1 : 0) && (
        <dl className="mt-1">
          {shown.map(({ field, title, before, after }) => (
            <div key={field} className="flex flex-wrap gap-x-2">
              {(changes.length > 1 || change.transition) && (
                <dt className="wrap-anywhere text-muted">{translateServerText(title)}</dt>
              )}
              {!change.erased && (
                <dd className="min-w-0 wrap-anywhere">
                  <bdi className="text-muted line-through">
                    {changedText(before, fieldOf(field), currencyOf(field, 'before'))}
                  </bdi>
                  <span aria-hidden="true" className="inline-block px-1 rtl:-scale-x-100">
                    →
                  </span>
                  <span className="sr-only">{t('is now')}</span>
                  <bdi>{changedText(after, fieldOf(field), currencyOf(field, 'after'))}</bdi>
                </dd>
              )}
            </div>
          ))}
        </dl>
      )}
      {!all && changes.length > shown_max && (
        <button
          type="button"
          className="mt-1 rounded-sm text-12 text-accent-ink hover:underline"
          onClick={() => setAll(true)}
        >
          {t('Show {count, number} more', { count: changes.length - shown_max })}
        </button>
      )}
    </>
  );
}

/** What was done, as it goes on after a name. */
function inWords(change: Change, resource: Resource, fields: readonly FieldDef[]): string {
  switch (change.action) {
    case 'create':
      return t('created the {type}', { type: wordsOf(resource).type });
    case 'trash':
      return t('moved this to the trash');
    case 'restore':
      return t('restored this from the trash');
    case 'merge':
      return t('merged {names} into this', { names: formatList(change.merged.map(({ name }) => name)) });
    case 'update': {
      if (change.transition) return inStates(change, resource, fields);
      const [first, ...others] = change.changes;
      // What changed is sealed, or not shown: which of its fields, nobody reads here.
      if (!first) return t('updated this');
      return others.length === 0
        ? t('changed {field}', { field: inSentence(translateServerText(first.title)) })
        : t('{count, plural, one {changed # field} other {changed # fields}}', { count: change.changes.length });
    }
  }
}

/** "changed status from Submitted to Approved"; where the values are gone, by the name of the step. */
function inStates({ transition, changes }: Change, resource: Resource, fields: readonly FieldDef[]): string {
  const changed = changes.find(({ field }) => field === stateField(resource));
  if (!changed || changed.after === null)
    return t('changed the state: {transition}', { transition: translateServerText(transition!.title) });
  const said = (value: unknown) =>
    changedText(
      value,
      fields.find(({ key }) => key === changed.field),
      null,
    );
  return t('changed {field} from {before} to {after}', {
    field: inSentence(translateServerText(changed.title)),
    before: said(changed.before),
    after: said(changed.after),
  });
}

const stateField = (resource: Resource) => definitionOf(resource).contract.states?.field;

/** That undo may take it back: a change of state only where a way leads back. */
function isReversible({ transition, changes }: Change, resource: Resource): boolean {
  const { states } = definitionOf(resource).contract;
  const changed = transition && changes.find(({ field }) => field === states?.field);
  return !changed || leadsBack(states!, changed.before, changed.after);
}
