import { Building2, Folder, MessagesSquare, Plus, User, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { attempt } from '../../../platform/query/attempt.ts';
import { saveRecord } from '../../../platform/query/records.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import type { FieldDef } from '../../../platform/record/field.ts';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { formatList } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Select } from '../../../ui/Select.tsx';
import { pathOf } from '../folders.ts';
import { type Mailbox, refreshMail, useFolders } from '../mail.ts';
import {
  kinds,
  type Level,
  levels,
  putException,
  removeException,
  type SharingException,
  useExceptions,
} from './sharing.ts';

const icons: Record<SharingException['kind'], ReactNode> = {
  thread: <MessagesSquare size={16} />,
  folder: <Folder size={16} />,
  contact: <User size={16} />,
  company: <Building2 size={16} />,
};

/** How much of a mailbox others of the workspace see, and of which mail more or less; nobody but its owner can change that. */
export function SharingDialog({ mailbox, onClose }: { mailbox: Mailbox; onClose: () => void }) {
  const exceptions = useExceptions(mailbox.id);
  const [open, setOpen] = useState<'mailbox' | 'new' | null>(null);
  const close = () => setOpen(null);
  return (
    <Dialog
      open
      size="medium"
      title={t('What others see')}
      description={t('Only you can change this, administrators cannot. It applies to the past too.')}
      onClose={onClose}
      footer={
        <Button icon={<Plus size={14} />} onClick={() => setOpen('new')}>
          {t('Add an exception')}
        </Button>
      }
    >
      <div className="flex flex-col gap-4 pb-2">
        <Panel label={t('Mailbox')}>
          <PanelRow
            title={<bdi>{mailbox.name}</bdi>}
            detail={levels.find(({ value }) => value === mailbox.sharing)!.label}
            end={
              <Button size="small" onClick={() => setOpen('mailbox')}>
                {t('Change')}
              </Button>
            }
          />
        </Panel>
        <Loaded query={exceptions} failed={t('The exceptions could not be read')}>
          {(rows) =>
            rows.length === 0 ? (
              <p className="text-13 text-muted">
                {t('Share more or less of a conversation, a folder, a contact or a company.')}
              </p>
            ) : (
              <>
                <Panel label={t('Exceptions')}>
                  {rows.map((row) => (
                    <ExceptionRow key={row.id} exception={row} />
                  ))}
                </Panel>
                <p className="text-12 text-muted">
                  {t('A conversation comes before its folder, then contacts, then companies.')}
                </p>
              </>
            )
          }
        </Loaded>
      </div>
      {open === 'mailbox' && <MailboxForm mailbox={mailbox} onClose={close} />}
      {open === 'new' && <ExceptionForm mailbox={mailbox} onClose={close} />}
    </Dialog>
  );
}

function ExceptionRow({ exception }: { exception: SharingException }) {
  const { id, mailbox_id, kind, target_id, name, addresses, level, only_narrows } = exception;
  const set = (next: string) => void attempt(() => putException(mailbox_id, { kind, target_id, level: next as Level }));
  const isOfPerson = kind === 'contact' || kind === 'company';
  return (
    <PanelRow
      icon={icons[kind]}
      title={<bdi>{name || (kind === 'thread' && name === '' ? t('No subject') : t('No longer there'))}</bdi>}
      detail={
        <>
          {isOfPerson ? <bdi>{formatList(addresses)}</bdi> : kinds[kind]}
          {isOfPerson && addresses.length === 0 && t('Without an address it shares nothing more')}
          {only_narrows && (
            <span className="block">
              {t('Another conversation was joined to it: nothing more is shared until you choose again.')}
            </span>
          )}
        </>
      }
      end={
        <IconButton label={t('Remove')} onClick={() => void attempt(() => removeException(id))}>
          <X size={14} />
        </IconButton>
      }
    >
      <Select label={t('What others see')} options={levels} value={level} onChange={set} />
    </PanelRow>
  );
}

const level: FieldDef = {
  key: 'level',
  label: t('What others see'),
  kind: 'select',
  options: levels,
  required: true,
};

function MailboxForm({ mailbox, onClose }: { mailbox: Mailbox; onClose: () => void }) {
  return (
    <FormDialog
      title={t('Mailbox')}
      description={mailbox.address}
      action={t('Save')}
      fields={[
        { key: 'name', label: t('Name'), kind: 'text', required: true },
        { ...level, key: 'sharing', help: t('Exceptions stay as they are.') },
      ]}
      start={{ name: mailbox.name, sharing: mailbox.sharing }}
      onSave={async (body) => {
        await saveRecord('mailbox', mailbox, body, t('Mailbox saved'));
        await refreshMail();
      }}
      onClose={onClose}
    />
  );
}

/** Of a conversation it is said where it is read. */
function ExceptionForm({ mailbox, onClose }: { mailbox: Mailbox; onClose: () => void }) {
  const folders = useFolders(mailbox.id).data?.data ?? [];
  const isOf = (kind: string) => (values: Readonly<Record<string, unknown>>) => values.kind === kind;
  const fields: readonly FieldDef[] = [
    {
      key: 'kind',
      label: t('Of what'),
      kind: 'select',
      options: (['contact', 'company', 'folder'] as const).map((value) => ({ value, label: kinds[value] })),
      required: true,
    },
    {
      key: 'contact',
      label: kinds.contact,
      kind: 'reference',
      of: 'contact',
      required: true,
      shownWhen: isOf('contact'),
    },
    {
      key: 'company',
      label: kinds.company,
      kind: 'reference',
      of: 'company',
      required: true,
      shownWhen: isOf('company'),
    },
    {
      key: 'folder',
      label: kinds.folder,
      kind: 'select',
      options: folders.map((folder) => ({ value: folder.id, label: pathOf(folder) })),
      required: true,
      shownWhen: isOf('folder'),
    },
    level,
  ];
  return (
    <FormDialog
      title={t('Add an exception')}
      description={t('For contacts and companies it applies to the addresses that they have now.')}
      action={t('Add')}
      fields={fields}
      start={{ kind: 'contact', level: 'private' }}
      onSave={({ kind, level: chosen, ...target }) =>
        putException(mailbox.id, {
          kind: kind as SharingException['kind'],
          target_id: String(target[String(kind)]),
          level: chosen as Level,
        })
      }
      onClose={onClose}
    />
  );
}
