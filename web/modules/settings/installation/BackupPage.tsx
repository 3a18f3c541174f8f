import { useQuery } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, CircleDashed, DatabaseBackup, HardDrive } from 'lucide-react';
import { useState } from 'react';
import type { BackupList } from '../../../../src/operations/console/contract.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t, translateServerText } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { formatBytes, formatDateTime } from '../../../ui/format.ts';
import { toast } from '../../../ui/toast.ts';
import { checkName, detailOf, inWords } from './findings.ts';
import { backupsQuery, operate, reasonField, roughly, statusQuery } from './installation.ts';

type Backup = BackupList['data'][number];

const why: Record<Exclude<BackupList['state'], 'kept'>, string> = {
  no_store: t(
    'There is no backup store. Set BACKUP_DIR or BACKUP_S3_… and start again; docs/operating/backup.md says how.',
  ),
  elsewhere: t(
    'The database is at DATABASE_URL, and may be backed up there. Set BACKUP_DIR or BACKUP_S3_… for logical backups that Holdfast makes and proves, and BACKUP_RESTORE_COMMAND too for proofs of the backups that there are.',
  ),
};

/** What a restore was tried of, and how it went. A backup that was never restored is a hope. */
export default function BackupPage() {
  const backups = useQuery(backupsQuery);
  const [asking, setAsking] = useState(false);
  const ofOthers = backups.data?.kind === 'mark';
  return (
    <SettingsSection
      title={t('Backups')}
      description={t('Each is restored beside the running system and compared with what it should hold.')}
      action={
        backups.data?.state === 'kept' && (
          <Button emphasis="primary" icon={<DatabaseBackup size={14} />} onClick={() => setAsking(true)}>
            {ofOthers ? t('Prove now') : t('Back up now')}
          </Button>
        )
      }
    >
      <Loaded query={backups}>
        {({ state, kind, data, unreadable, store, gaps, ranges, time_proofs }) =>
          state !== 'kept' ? (
            <Banner meaning={state === 'no_store' ? 'bad' : 'info'}>{why[state]}</Banner>
          ) : data.length === 0 && unreadable.length === 0 ? (
            <EmptyState icon={<DatabaseBackup size={18} />} title={t('No backup yet')}>
              {t(
                'One is made within a minute of the first start, and within a quarter of an hour in a store that has none.',
              )}
            </EmptyState>
          ) : (
            <div className="flex flex-col gap-3">
              <Trouble backups={data} />
              {store?.same_disk && (
                <Banner meaning="attention">
                  {t(
                    'The backup store is on the disk of the data: whoever loses that disk loses both. Name a folder on another disk or machine, or a bucket.',
                  )}
                </Banner>
              )}
              {store && <Store store={store} />}
              {kind === 'logical' && data[0] && (
                <Banner meaning="info">
                  {t(
                    'These are logical backups, because the database is at DATABASE_URL: each brings back its own moment and none between. What changed since {when} is in none of them.',
                    { when: formatDateTime(data[0].at) },
                  )}
                </Banner>
              )}
              {kind === 'mark' && (
                <Banner meaning="info">
                  {t(
                    'Another tool backs up the database, and Holdfast makes no second backup of it. At each of these moments it wrote down what the database held, had the tool restore that moment, and compared. The files are backed up by Holdfast.',
                  )}
                </Banner>
              )}
              <Panel label={t('Backups')}>
                {unreadable.map((backup) => (
                  <UnreadableRow key={backup.id} backup={backup} />
                ))}
                {data.map((backup) => (
                  <BackupRow key={backup.id} backup={backup} ofOthers={ofOthers} />
                ))}
              </Panel>
              {ranges.length + gaps.length > 0 && <Restorable ranges={ranges} gaps={gaps} />}
              {time_proofs.length > 0 && (
                <div className="mt-7">
                  <SettingsSection
                    title={t('Random seconds')}
                    description={t(
                      'Each day a second is drawn from all that can be had back, and restored from the backup before it and the log of changes.',
                    )}
                  >
                    <Panel label={t('Random seconds')}>
                      {time_proofs.map((proof) => (
                        <TimeProofRow key={proof.id} proof={proof} />
                      ))}
                    </Panel>
                  </SettingsSection>
                </div>
              )}
            </div>
          )
        }
      </Loaded>
      {asking && (
        <FormDialog
          title={ofOthers ? t('Prove now?') : t('Back up now?')}
          description={
            ofOthers
              ? t(
                  'The other tool restores this moment in the background, while everybody works on, and the restore is compared with what the database holds. Your reason is recorded.',
                )
              : t(
                  'A full backup is made and proven in the background, while everybody works on. Your reason is recorded.',
                )
          }
          action={ofOthers ? t('Prove now') : t('Back up now')}
          fields={[reasonField]}
          start={{}}
          onSave={async (body) => {
            await operate('/backups', body);
            toast(
              ofOthers
                ? t('The proof has started; it appears here when it is done.')
                : t('The backup has started; it appears here when it is done.'),
            );
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </SettingsSection>
  );
}

/** Where backups are, when the next one is made, and what brings all back. */
function Store({ store }: { store: NonNullable<BackupList['store']> }) {
  const { where, stored_bytes, next_at, restore_command } = store;
  return (
    <Panel label={t('Backup store')}>
      <PanelRow
        icon={<HardDrive size={16} aria-hidden="true" />}
        title={<bdi className="wrap-anywhere">{where}</bdi>}
        detail={
          <>
            {stored_bytes !== null && (
              <span className="block">{t('{size} in all', { size: formatBytes(stored_bytes) })}</span>
            )}
            <span className="block">
              {next_at ? t('Next backup: {when}', { when: formatDateTime(next_at) }) : t('No backup is planned.')}
            </span>
            {restore_command && (
              <span className="block">
                {t('On a new machine, with key and settings in the folder data:')}{' '}
                <code className="font-mono text-ink wrap-anywhere">{restore_command}</code>
              </span>
            )}
          </>
        }
      />
    </Panel>
  );
}

/** What is wrong, and what to do about it, as the page Health says it too. */
function Trouble({ backups }: { backups: Backup[] }) {
  const status = useQuery(statusQuery);
  const found = status.data?.findings.find(({ check }) => check === 'backups');
  if (!found || found.ok) return null;
  const proven = backups.find(({ proof }) => proof?.passed);
  return (
    <Banner meaning="bad">
      {detailOf(found)}. {found.advice && translateServerText(found.advice)}{' '}
      {proven
        ? t('The last proven one is of {when}.', { when: formatDateTime(proven.at) })
        : t('No other one is proven.')}
    </Banner>
  );
}

/** Between which any moment can be restored, newest first, and where log of changes is missing in between. */
function Restorable({ ranges, gaps }: Pick<BackupList, 'ranges' | 'gaps'>) {
  const between = (from: string, to: string) =>
    t('{from} to {to}', { from: formatDateTime(from), to: formatDateTime(to) });
  const rows = [
    ...ranges.map(({ from, to }) => ({
      from,
      isGap: false,
      text: to ? between(from, to) : t('{from} until now', { from: formatDateTime(from) }),
    })),
    ...gaps.map(({ from, until }) => ({
      from,
      isGap: true,
      text: until ? between(from, until) : t('Since {from}', { from: formatDateTime(from) }),
    })),
  ].sort((a, b) => (a.from < b.from ? 1 : -1));
  return (
    <div className="mt-7">
      <SettingsSection
        title={t('What can be restored')}
        description={t('Any moment between a full backup and the end of the log of changes behind it.')}
      >
        <Panel label={t('What can be restored')}>
          {rows.map(({ from, isGap, text }) => (
            <PanelRow
              key={`${from} ${isGap}`}
              icon={
                isGap ? (
                  <CircleAlert size={16} aria-hidden="true" className="text-bad-ink" />
                ) : (
                  <CircleCheck size={16} aria-hidden="true" className="text-good-ink" />
                )
              }
              title={
                <>
                  {text}
                  {isGap && <Badge meaning="bad">{t('Log is missing')}</Badge>}
                </>
              }
            />
          ))}
        </Panel>
      </SettingsSection>
    </div>
  );
}

const stateOf = ({ proof }: Pick<Backup, 'proof'>) => {
  if (!proof) return { Icon: CircleDashed, ink: 'text-muted', meaning: 'neutral' as const, label: t('Not proven yet') };
  return proof.passed
    ? { Icon: CircleCheck, ink: 'text-good-ink', meaning: 'good' as const, label: t('Proven') }
    : { Icon: CircleAlert, ink: 'text-bad-ink', meaning: 'bad' as const, label: t('Restore failed') };
};

function BackupRow({ backup, ofOthers }: { backup: Backup; ofOthers: boolean }) {
  const { proof } = backup;
  const { Icon, ink, meaning, label } = stateOf(backup);
  return (
    <PanelRow
      icon={<Icon size={16} aria-hidden="true" className={ink} />}
      title={
        <>
          {formatDateTime(backup.at)}
          <Badge meaning={meaning}>{label}</Badge>
        </>
      }
      detail={
        <span className="block">
          {ofOthers
            ? t('{database} of data, {files, plural, one {# file} other {# files}}', {
                database: formatBytes(backup.database_bytes),
                files: backup.files,
              })
            : t('{database} of data in {stored}, {files, plural, one {# file} other {# files}}', {
                database: formatBytes(backup.database_bytes),
                stored: formatBytes(backup.stored_bytes),
                files: backup.files,
              })}
          {proof?.passed && ` · ${t('back in {time}', { time: roughly(proof.recovery_seconds) })}`}
        </span>
      }
    >
      <Details proof={proof} backup={backup.id} />
    </PanelRow>
  );
}

function UnreadableRow({ backup }: { backup: BackupList['unreadable'][number] }) {
  return (
    <PanelRow
      icon={<CircleAlert size={16} aria-hidden="true" className="text-bad-ink" />}
      title={
        <>
          {inWords(backup.id)}
          <Badge meaning="bad">{t('Cannot be read')}</Badge>
        </>
      }
      detail={<span className="block wrap-anywhere">{inWords(backup.why)}</span>}
    >
      <Details proof={null} backup={backup.id} />
    </PanelRow>
  );
}

function TimeProofRow({ proof }: { proof: BackupList['time_proofs'][number] }) {
  const { Icon, ink, meaning, label } = stateOf({ proof });
  return (
    <PanelRow
      icon={<Icon size={16} aria-hidden="true" className={ink} />}
      title={
        <>
          {formatDateTime(proof.second)}
          <Badge meaning={meaning}>{label}</Badge>
        </>
      }
      detail={
        <span className="block">
          {t('Tried {when}', { when: formatDateTime(proof.at) })}
          {proof.passed && ` · ${t('back in {time}', { time: roughly(proof.recovery_seconds) })}`}
        </span>
      }
    >
      <Details proof={proof} backup={proof.backup} />
    </PanelRow>
  );
}

function Details({ proof, backup }: { proof: Backup['proof']; backup: string }) {
  return (
    <details className="text-12" open={proof !== null && !proof.passed}>
      <summary className="cursor-pointer text-muted">{proof ? t('What was checked') : t('Details')}</summary>
      <ul className="mt-1.5 flex flex-col gap-1">
        {proof?.checks.map((check) => (
          <li key={check.name} className="flex gap-2">
            {check.passed ? (
              <CircleCheck size={14} className="mt-0.5 shrink-0 text-good-ink" aria-label={t('Passed')} />
            ) : (
              <CircleAlert size={14} className="mt-0.5 shrink-0 text-bad-ink" aria-label={t('Failed')} />
            )}
            <span className="min-w-0 wrap-anywhere">
              <span className="font-medium">{checkName(check.name)}</span>{' '}
              <span className="text-muted">{inWords(check.detail)}</span>
            </span>
          </li>
        ))}
      </ul>
      <p className="mt-1.5 text-muted wrap-anywhere">{t('In commands it is called {id}', { id: backup })}</p>
    </details>
  );
}
