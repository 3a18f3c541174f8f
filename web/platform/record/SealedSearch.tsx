import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { SearchCheck } from 'lucide-react';
import { useId, useState } from 'react';
import { inSentence, t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { FormShell } from '../page/FormShell.tsx';
import { api, type Page } from '../query/api.ts';
import type { RecordDefinition } from './definition.ts';
import { FormField } from './FormField.tsx';
import type { AnyRecord, FieldDef } from './field.ts';
import { nameInList } from './recordName.ts';

const shown_max = 20;

export interface SealedSearchProps {
  definition: RecordDefinition;
  field: Pick<FieldDef, 'key' | 'label'>;
  onClose: () => void;
}

/**
 * Finds records by a part of a sealed value. Nothing of what is typed is kept: not in the address of the page, as a
 * filter would be, nor in what the browser stores.
 */
export function SealedSearch({ definition, field, onClose }: SealedSearchProps) {
  const form = useId();
  const [part, setPart] = useState<unknown>('');
  const search = useMutation({
    gcTime: 0,
    mutationFn: () =>
      api.get<Page<AnyRecord> & { search_is_cut?: boolean }>(definition.path, {
        filter: JSON.stringify({ field: field.key, op: 'contains', value: String(part ?? '').trim() }),
        limit: shown_max,
      }),
  });
  const asked: FieldDef = {
    ...field,
    kind: 'text',
    required: true,
    help: t('At least three letters or digits. Each search is recorded with your name.'),
  };
  return (
    <Dialog
      open
      title={t('Find by {field}', { field: inSentence(field.label) })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('Close')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={search.isPending} icon={<SearchCheck size={14} />}>
            {t('Find')}
          </Button>
        </>
      }
    >
      <FormShell id={form} error={search.error} fields={[field.key]} onSubmit={() => search.mutate()} className="pt-1">
        <FormField field={asked} value={part} onChange={setPart} />
      </FormShell>
      {search.data && <Found definition={definition} field={field} onClose={onClose} {...search.data} />}
    </Dialog>
  );
}

interface FoundProps extends SealedSearchProps, Page<AnyRecord> {
  search_is_cut?: boolean;
}

function Found({ definition, field, onClose, data, next_cursor, search_is_cut }: FoundProps) {
  return (
    <div className="flex flex-col gap-2 pt-4" aria-live="polite">
      {data.length === 0 && <p className="text-muted">{t('Nothing that you may see has it.')}</p>}
      <ul className="flex flex-col">
        {data.map((record) => {
          const to: string = `${definition.path}/${record.id}`;
          return (
            <li
              key={record.id}
              className="flex items-baseline justify-between gap-3 border-line border-b py-2 last:border-0"
            >
              <Link to={to} onClick={onClose} className="min-w-0 truncate font-medium hover:underline">
                <bdi>{nameInList(definition, record)}</bdi>
              </Link>
              <span className="shrink-0 text-muted tabular-nums">{String(record[field.key] ?? '')}</span>
            </li>
          );
        })}
      </ul>
      {(next_cursor !== null || search_is_cut) && (
        <p className="text-12 text-muted">{t('There are more. Write more of it.')}</p>
      )}
    </div>
  );
}
