import { Copy, Ellipsis } from 'lucide-react';
import { Suspense, useState } from 'react';
import { useFavourite } from '../../../platform/favourite/favourites.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import type { FieldDef } from '../../../platform/record/field.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Menu, type MenuAction } from '../../../ui/Menu.tsx';
import { type Board, changeBoard, makeBoard, removeBoard, type TileForm } from './tiles.ts';

const TargetsDialog = lazyPart(() => import('./TargetsDialog.tsx'));
const MailingsDialog = lazyPart(() => import('./MailingsDialog.tsx'));

const fields: FieldDef[] = [
  { key: 'name', label: t('Name'), kind: 'text', required: true },
  { key: 'shared', label: t('Share with everyone in the workspace'), kind: 'boolean' },
];

interface BoardMenuProps {
  /** Undefined: the overview, which is nobody's. */
  board: Board | undefined;
  tiles: readonly TileForm[];
  /** Opens a dashboard, or the overview. */
  onOpen: (id: string | undefined) => void;
}

type Open = 'new' | 'copy' | 'rename' | 'delete' | 'targets' | 'mailings';

export function BoardMenu({ board, tiles, onOpen }: BoardMenuProps) {
  const may = useMay();
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const mine = board !== undefined && may('dashboard', 'update', board.owner_id);
  const favourite = useFavourite('dashboard', { id: board?.id ?? '', name: board?.name ?? '' });
  const actions: MenuAction[] = [
    ...(board ? [{ label: favourite.label, disabled: favourite.on === undefined, onSelect: favourite.toggle }] : []),
    ...(may('dashboard', 'create')
      ? [
          { label: t('New dashboard…'), onSelect: () => setOpen('new') },
          ...(board ? [{ label: t('Copy this dashboard…'), onSelect: () => setOpen('copy') }] : []),
        ]
      : []),
    ...(mine || (!board && may('dashboard', 'create'))
      ? [{ label: t('Send by e-mail…'), onSelect: () => setOpen('mailings') }]
      : []),
    ...(mine
      ? [
          { label: t('Rename or share…'), onSelect: () => setOpen('rename') },
          { label: t('Delete this dashboard'), danger: true, onSelect: () => setOpen('delete') },
        ]
      : []),
    ...(may('sales_target', 'read')
      ? [{ label: t('Targets…'), group: true as const, onSelect: () => setOpen('targets') }]
      : []),
  ];
  return (
    <>
      {!board && may('dashboard', 'create') && (
        <Button icon={<Copy size={14} />} onClick={() => setOpen('copy')}>
          {t('Edit a copy')}
        </Button>
      )}
      <Menu
        align="end"
        trigger={
          <IconButton label={t('Dashboards')}>
            <Ellipsis size={16} />
          </IconButton>
        }
        actions={actions}
      />
      {(open === 'new' || open === 'copy') && (
        <FormDialog
          title={open === 'new' ? t('New dashboard') : t('Copy this dashboard')}
          description={
            open === 'copy' && !board
              ? t('The overview is the same for everyone. In a copy you can add, change, and move tiles.')
              : undefined
          }
          action={open === 'new' ? t('Create dashboard') : t('Copy dashboard')}
          fields={fields}
          start={{ name: '', shared: false }}
          onClose={close}
          onSave={async (body) => onOpen((await makeBoard(body, open === 'copy' ? tiles : [])).id)}
        />
      )}
      {board && open === 'rename' && (
        <FormDialog
          title={t('Rename or share the dashboard')}
          action={t('Save')}
          fields={fields}
          start={{ name: board.name, shared: board.shared }}
          version={board.version}
          onClose={close}
          onSave={(body, version) => changeBoard(board.id, body, version)}
        />
      )}
      {board && (
        <ConfirmDialog
          open={open === 'delete'}
          title={t('Delete the dashboard “{name}”?', { name: board.name })}
          description={
            board.shared ? t('It is deleted for everyone, along with its tiles.') : t('Its tiles are deleted too.')
          }
          action={t('Delete dashboard')}
          danger
          onConfirm={() =>
            void attempt(async () => {
              await removeBoard(board);
              close();
              onOpen(undefined);
            })
          }
          onClose={close}
        />
      )}
      {open === 'mailings' && (
        <Suspense>
          <MailingsDialog board={board} onClose={close} />
        </Suspense>
      )}
      {open === 'targets' && (
        <Suspense>
          <TargetsDialog onClose={close} />
        </Suspense>
      )}
    </>
  );
}
