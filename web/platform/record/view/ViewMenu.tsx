import { Bookmark } from 'lucide-react';
import { useState } from 'react';
import { t } from '../../../text/text.ts';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Menu, type MenuAction } from '../../../ui/Menu.tsx';
import { readLayout } from '../../../ui/table/useTableLayout.ts';
import { useFavourite } from '../../favourite/favourites.ts';
import { attempt } from '../../query/attempt.ts';
import { useMay } from '../../session/session.tsx';
import type { ListView, RecordDefinition, SavedView } from '../definition.ts';
import { FormDialog } from '../FormDialog.tsx';
import type { FieldDef } from '../field.ts';
import type { Filter } from '../filter/filter.ts';
import { wordsOf } from '../recordTypes.ts';
import { columnsOf, deleteView, saveView } from './savedViews.ts';

const fields: FieldDef[] = [
  { key: 'name', label: t('Name'), kind: 'text', required: true },
  { key: 'shared', label: t('Share with everyone in the workspace'), kind: 'boolean' },
  {
    key: 'team_id',
    label: t('Share with a team'),
    help: t('Its members see the view as a tab. You and administrators can change it.'),
    kind: 'reference',
    of: 'team',
    expand: 'team',
    shownWhen: ({ shared }) => !shared,
  },
];

interface ViewMenuProps {
  definition: RecordDefinition;
  view: ListView | undefined;
  /** Names the table's layout in this browser. */
  layoutKey: string;
  /** Of the list as it is now. */
  filter: Filter | null;
  sort: string | null;
  layout: SavedView['layout'];
  arrangement: SavedView['arrangement'];
  /** Opens a view, or the first one. */
  onOpen: (id: string | undefined) => void;
}

/** Keeps the list as it is under a name, and what can be done with a view that is kept. */
export default function ViewMenu(props: ViewMenuProps) {
  const { definition, view, layoutKey, filter, sort, arrangement, onOpen } = props;
  const may = useMay();
  const words = wordsOf(definition.resource);
  const [naming, setNaming] = useState<'new' | 'old' | null>(null);
  const [deleting, setDeleting] = useState(false);
  const saved = view?.saved;
  const mine = saved !== undefined && may('saved_view', 'update', saved.owner_id);
  /** Arranging the columns does not draw this menu again: they are read when the view is saved. */
  function listNow() {
    const columns = readLayout(layoutKey);
    return { filter, sort, layout: props.layout, arrangement, ...(columns && { columns: columnsOf(columns) }) };
  }

  const favourite = useFavourite('saved_view', { id: saved?.id ?? '', name: saved?.name ?? '' });
  const actions: MenuAction[] = [{ label: t('Save as a new view…'), onSelect: () => setNaming('new') }];
  if (saved) actions.push({ label: favourite.label, disabled: favourite.on === undefined, onSelect: favourite.toggle });
  if (saved && mine) {
    actions.push(
      {
        label: t('Save changes to “{name}”', { name: saved.name }),
        onSelect: () => void attempt(async () => onOpen((await saveView(listNow(), saved)).id)),
      },
      { label: t('Rename or share…'), onSelect: () => setNaming('old') },
      { label: t('Delete the view'), danger: true, group: true, onSelect: () => setDeleting(true) },
    );
  }

  return (
    <>
      <Menu
        align="end"
        trigger={
          <IconButton label={t('View')} size="small">
            <Bookmark size={14} />
          </IconButton>
        }
        actions={actions}
        header={
          saved?.columns.left_out &&
          t(
            'This view was saved with more columns than a view can have, so the default columns are shown. Save the view to keep them.',
          )
        }
      />
      {naming && (
        <FormDialog
          title={
            naming === 'new' ? t('Save this list of {types}', { types: words.types }) : t('Rename or share the view')
          }
          description={t('Saves the filter, order and columns as a tab beside the other views.')}
          action={t('Save')}
          fields={may('team', 'read') ? fields : fields.filter(({ key }) => key !== 'team_id')}
          start={
            naming === 'old' && saved
              ? { name: saved.name, shared: saved.shared, team_id: saved.team ?? null }
              : { name: '', shared: false, team_id: null }
          }
          version={naming === 'old' ? saved?.version : undefined}
          onClose={() => setNaming(null)}
          onSave={async (body, version) => {
            if (naming === 'old' && saved) await saveView(body, { ...saved, version: version ?? saved.version });
            else onOpen((await saveView({ ...listNow(), ...body, resource: definition.resource })).id);
          }}
        />
      )}
      {saved && (
        <ConfirmDialog
          open={deleting}
          title={t('Delete the view “{name}”?', { name: saved.name })}
          description={
            saved.shared || saved.team_id
              ? t('It is removed for everybody who sees it; the {types} stay.', { types: words.types })
              : t('It is removed for you; the {types} stay.', { types: words.types })
          }
          action={t('Delete view')}
          danger
          onConfirm={() =>
            void attempt(async () => {
              await deleteView(saved);
              setDeleting(false);
              onOpen(undefined);
            })
          }
          onClose={() => setDeleting(false)}
        />
      )}
    </>
  );
}
