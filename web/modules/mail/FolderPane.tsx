import { Link } from '@tanstack/react-router';
import {
  Archive,
  ChevronDown,
  Clock,
  FileText,
  Folder as FolderIcon,
  Inbox,
  type LucideIcon,
  Mail,
  MoreHorizontal,
  Plus,
  Send,
  ShieldAlert,
  Trash2,
} from 'lucide-react';
import { Fragment, useState } from 'react';
import { api } from '../../platform/query/api.ts';
import { attempt } from '../../platform/query/attempt.ts';
import { useMay, useSession } from '../../platform/session/session.tsx';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { cx } from '../../ui/cx.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { Menu } from '../../ui/Menu.tsx';
import { toast } from '../../ui/toast.ts';
import { AliasesDialog } from './alias/AliasesDialog.tsx';
import { nameOf, pathOf } from './folders.ts';
import { LedgerDialog } from './LedgerDialog.tsx';
import { type Folder, type Mailbox, refreshMail, useFolders } from './mail.ts';
import type { MailSearch } from './mailSearch.ts';
import { SharingDialog } from './sharing/SharingDialog.tsx';

interface FoldersProps {
  mailboxes: readonly Mailbox[];
  chosen: Mailbox;
  search: MailSearch;
  onShow: (search: MailSearch) => void;
  onConnect: (mailbox: Mailbox | 'new') => void;
}

const icons: Record<NonNullable<Folder['role']>, LucideIcon> = {
  inbox: Inbox,
  sent: Send,
  drafts: FileText,
  junk: ShieldAlert,
  trash: Trash2,
  archive: Archive,
  all: FolderIcon,
};
/** What nobody reads to have read it. */
const quiet = new Set<Folder['role']>(['sent', 'drafts', 'junk', 'trash']);
/** The mailboxes that one sees, each with its folders. */
export function FolderPane({ mailboxes, chosen, search, onConnect }: FoldersProps) {
  const may = useMay();
  return (
    <nav
      aria-label={t('Mailboxes and folders')}
      className="flex w-48 shrink-0 flex-col gap-4 overflow-y-auto border-e border-line p-2 max-xl:hidden"
    >
      {mailboxes.map((mailbox) => (
        <MailboxFolders
          key={mailbox.id}
          mailbox={mailbox}
          isChosen={mailbox.id === chosen.id}
          search={search}
          onConnect={() => onConnect(mailbox)}
        />
      ))}
      {may('mailbox', 'create') && (
        <Button
          emphasis="quiet"
          size="small"
          icon={<Plus size={14} />}
          className="self-start"
          onClick={() => onConnect('new')}
        >
          {t('Connect a mailbox')}
        </Button>
      )}
    </nav>
  );
}

interface MailboxFoldersProps {
  mailbox: Mailbox;
  isChosen: boolean;
  search: MailSearch;
  onConnect: () => void;
}

function MailboxFolders({ mailbox, isChosen, search, onConnect }: MailboxFoldersProps) {
  const { user } = useSession();
  const isOwn = mailbox.owner_id === user.id;
  const folders = useFolders(mailbox.id);
  const at = (folder: string | undefined, view?: string) =>
    isChosen && search.view === view && search.folder === folder;
  return (
    <section aria-label={mailbox.name}>
      <header className="flex items-center gap-1 ps-2">
        <h2 className="min-w-0 flex-1 truncate text-12 font-medium text-muted" title={mailbox.address}>
          <bdi>{mailbox.name}</bdi>
        </h2>
        {isOwn && <MailboxMenu mailbox={mailbox} onConnect={onConnect} />}
      </header>
      <ul>
        {folders.data?.data.map((folder) => (
          <Fragment key={folder.id}>
            <FolderRow
              label={nameOf(folder)}
              icon={folder.role ? icons[folder.role] : FolderIcon}
              search={{ mailbox: mailbox.id, folder: folder.id }}
              isCurrent={at(folder.id)}
              unread={folder.role && quiet.has(folder.role) ? 0 : folder.unread}
              isLeftOut={!folder.is_chosen}
            />
            {folder.role === 'inbox' && isOwn && (
              <FolderRow
                label={t('Snoozed')}
                icon={Clock}
                search={{ mailbox: mailbox.id, view: 'snoozed' }}
                isCurrent={at(undefined, 'snoozed')}
              />
            )}
          </Fragment>
        ))}
        <FolderRow
          label={t('All conversations')}
          icon={Mail}
          search={{ mailbox: mailbox.id, view: 'all' }}
          isCurrent={at(undefined, 'all')}
        />
        {isOwn && (
          <FolderRow
            label={t('Outbox')}
            icon={Send}
            search={{ mailbox: mailbox.id, view: 'outbox' }}
            isCurrent={at(undefined, 'outbox')}
          />
        )}
      </ul>
    </section>
  );
}

interface FolderRowProps {
  label: string;
  icon: LucideIcon;
  search: MailSearch;
  isCurrent: boolean;
  unread?: number;
  /** Its mail is not imported. */
  isLeftOut?: boolean;
}

function FolderRow({ label, icon: Icon, search, isCurrent, unread = 0, isLeftOut = false }: FolderRowProps) {
  return (
    <li>
      <Link
        to="/mail"
        search={search}
        activeOptions={{ exact: true, explicitUndefined: true }}
        aria-current={isCurrent ? 'page' : undefined}
        className={cx(
          'flex h-8 items-center gap-2 rounded-md px-2 text-13 hover:bg-hover aria-[current=page]:bg-pressed aria-[current=page]:font-medium',
          isLeftOut && 'text-faint',
        )}
      >
        <Icon size={14} aria-hidden="true" className="shrink-0 text-muted" />
        <bdi className="min-w-0 flex-1 truncate">{label}</bdi>
        {unread > 0 && (
          <span className="text-12 tabular-nums text-muted">
            <span className="sr-only">{t('Unread')} </span>
            {unread}
          </span>
        )}
      </Link>
    </li>
  );
}

/** The same in a menu, where there is no room for a pane. */
export function FolderMenu({ mailboxes, chosen, search, onShow, onConnect }: FoldersProps) {
  const may = useMay();
  const { user } = useSession();
  const isOwn = chosen.owner_id === user.id;
  const folders = useFolders(chosen.id).data?.data ?? [];
  const views: Record<string, string> = {
    outbox: t('Outbox'),
    snoozed: t('Snoozed'),
    all: t('All conversations'),
  };
  const current = views[search.view ?? ''] ?? nameIn(folders, search.folder) ?? t('All conversations');
  return (
    <>
      <Menu
        trigger={
          <Button emphasis="quiet">
            {current}
            <ChevronDown size={14} aria-hidden="true" className="text-faint" />
          </Button>
        }
        header={mailboxes.length > 1 && <bdi className="text-12 text-muted">{chosen.name}</bdi>}
        actions={[
          ...folders.map((folder) => ({
            label: folder.unread > 0 ? `${pathOf(folder)} (${folder.unread})` : pathOf(folder),
            onSelect: () => onShow({ mailbox: chosen.id, folder: folder.id }),
          })),
          { label: t('All conversations'), group: true, onSelect: () => onShow({ mailbox: chosen.id, view: 'all' }) },
          ...(isOwn ? [{ label: t('Snoozed'), onSelect: () => onShow({ mailbox: chosen.id, view: 'snoozed' }) }] : []),
          ...(isOwn ? [{ label: t('Outbox'), onSelect: () => onShow({ mailbox: chosen.id, view: 'outbox' }) }] : []),
          ...mailboxes
            .filter(({ id }) => id !== chosen.id)
            .map(({ id, name }, at) => ({
              label: name,
              onSelect: () => onShow({ mailbox: id }),
              ...(at === 0 && { group: t('Other mailboxes') }),
            })),
          ...(may('mailbox', 'create')
            ? [{ label: t('Connect a mailbox'), group: true as const, onSelect: () => onConnect('new') }]
            : []),
        ]}
      />
      {isOwn && <MailboxMenu mailbox={chosen} onConnect={() => onConnect(chosen)} />}
    </>
  );
}

function nameIn(folders: readonly Folder[], id: string | undefined): string | undefined {
  const found = folders.find((folder) => folder.id === id);
  return found && pathOf(found);
}

/** What its owner does with a mailbox. */
function MailboxMenu({ mailbox, onConnect }: { mailbox: Mailbox; onConnect: () => void }) {
  const [open, setOpen] = useState<'ledger' | 'sharing' | 'aliases' | 'disconnect' | null>(null);
  const close = () => setOpen(null);
  const compare = () =>
    attempt(async () => {
      await api.post(`/mailboxes/${mailbox.id}/comparisons`);
      toast(t('Comparing with your provider'));
      await refreshMail();
    });
  const disconnect = () =>
    attempt(async () => {
      close();
      await api.delete(`/mailboxes/${mailbox.id}/connection`);
      toast(t('Disconnected. What was imported stays.'));
      await refreshMail();
    });
  return (
    <>
      <Menu
        align="end"
        trigger={
          <IconButton label={t('Settings of {name}', { name: mailbox.name })} size="small">
            <MoreHorizontal size={14} />
          </IconButton>
        }
        actions={[
          { label: t('Why is this mail not here?'), onSelect: () => setOpen('ledger') },
          { label: t('Compare with the provider'), onSelect: () => void compare() },
          { label: t('Sharing…'), group: true, onSelect: () => setOpen('sharing') },
          { label: t('Addresses…'), onSelect: () => setOpen('aliases') },
          { label: t('Connection…'), onSelect: onConnect },
          { label: t('Disconnect'), danger: true, onSelect: () => setOpen('disconnect') },
        ]}
      />
      {open === 'ledger' && <LedgerDialog mailbox={mailbox} onClose={close} />}
      {open === 'aliases' && <AliasesDialog mailbox={mailbox} onClose={close} />}
      {open === 'sharing' && <SharingDialog mailbox={mailbox} onClose={close} />}
      <ConfirmDialog
        open={open === 'disconnect'}
        title={t('Disconnect {name}?', { name: mailbox.name })}
        description={t(
          'No mail is imported or sent any more. What was imported stays, and the password is deleted here.',
        )}
        action={t('Disconnect')}
        danger
        onConfirm={() => void disconnect()}
        onClose={close}
      />
    </>
  );
}
