import { Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { changing } from '../query/api.ts';
import { attempt } from '../query/attempt.ts';
import { queryClient } from '../query/queryClient.ts';
import { useRecords } from '../query/records.ts';
import { pathOf } from '../query/resources.ts';
import { offerUndo } from '../query/undo.ts';
import type { AnyRecord } from '../record/field.ts';
import { useMay } from '../session/session.tsx';
import { Loaded } from './Loaded.tsx';
import { Panel, PanelRow } from './Panel.tsx';
import { SettingsEmpty } from './SettingsEmpty.tsx';
import { SettingsSection } from './SettingsSection.tsx';
import { VocabularyDialog } from './VocabularyDialog.tsx';
import type { Vocabulary } from './vocabulary.ts';

/** Words a workspace makes for itself: tags, products, reasons. */
export function VocabularyPage({ vocabulary }: { vocabulary: Vocabulary }) {
  const { resource, right, title, description, words, sort, nameOf } = vocabulary;
  const may = useMay();
  const [open, setOpen] = useState<AnyRecord | 'new' | null>(null);
  const [deleting, setDeleting] = useState<AnyRecord | null>(null);
  const list = useRecords<AnyRecord>(resource, { sort, limit: 100 });

  async function remove(record: AnyRecord) {
    const done = await attempt(async () => {
      const { change } = await changing.delete(`${pathOf(resource)}/${record.id}`);
      offerUndo(t('“{name}” is deleted', { name: nameOf(record) }), vocabulary.undoable ? change : null);
    });
    setDeleting(null);
    if (done) await queryClient.invalidateQueries({ queryKey: [resource] });
  }

  return (
    <SettingsSection
      title={title}
      description={description}
      action={
        may(right, 'create') && (
          <Button emphasis="primary" icon={<Plus size={14} />} onClick={() => setOpen('new')}>
            {words.new}
          </Button>
        )
      }
    >
      <Loaded query={{ ...list, data: list.data && list.rows }}>
        {(rows) =>
          rows.length === 0 ? (
            <SettingsEmpty title={vocabulary.none}>
              {may(right, 'create')
                ? t('Press “{button}” to add the first.', { button: words.new })
                : t('An administrator adds them.')}
            </SettingsEmpty>
          ) : (
            <Panel label={title}>
              {rows.map((record) => (
                <PanelRow
                  key={record.id}
                  {...vocabulary.row(record)}
                  end={
                    <>
                      {may(right, 'update') && (
                        <IconButton label={t('Edit {name}', { name: nameOf(record) })} onClick={() => setOpen(record)}>
                          <Pencil size={14} />
                        </IconButton>
                      )}
                      {may(right, 'delete') && (
                        <IconButton
                          label={t('Delete {name}', { name: nameOf(record) })}
                          onClick={() => setDeleting(record)}
                        >
                          <Trash2 size={14} />
                        </IconButton>
                      )}
                    </>
                  }
                />
              ))}
            </Panel>
          )
        }
      </Loaded>
      {list.hasNextPage && (
        <Button className="mt-3" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('Show more')}
        </Button>
      )}
      {open && (
        <VocabularyDialog
          vocabulary={vocabulary}
          record={open === 'new' ? undefined : open}
          onClose={() => setOpen(null)}
        />
      )}
      {deleting && (
        <ConfirmDialog
          open
          title={t('Delete “{name}”?', { name: nameOf(deleting) })}
          description={vocabulary.deleting}
          action={words.delete}
          danger
          onClose={() => setDeleting(null)}
          onConfirm={() => void remove(deleting)}
        />
      )}
    </SettingsSection>
  );
}
