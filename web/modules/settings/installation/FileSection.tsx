import { FileQuestion, FileX, Flame, Snowflake, ThermometerSun } from 'lucide-react';
import { useState } from 'react';
import type { LifecycleReport } from '../../../../src/operations/lifecycle/contract.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { formatBytes, formatRelative } from '../../../ui/format.ts';
import { toast } from '../../../ui/toast.ts';
import { operate, reasonField } from './installation.ts';

type Orphans = LifecycleReport['orphans'];
type Tier = LifecycleReport['tiers'][number];

const filesOf = (files: number, bytes: number) =>
  t('{files, plural, one {# file} other {# files}}, {size}', { files, size: formatBytes(bytes) });

/** Files in the store that nothing refers to, and what is done about them. */
export function OrphanSection({ orphans }: { orphans: Orphans }) {
  const [confirming, setConfirming] = useState(false);
  return (
    <SettingsSection
      title={t('Unreferenced files')}
      description={t(
        'A crash between storing a file and saving its record leaves one behind. Two days after it is found it is deleted, unless something refers to it by then.',
      )}
    >
      {orphans.unconfirmed > 0 && (
        <div className="mb-2">
          <Banner
            meaning="attention"
            action={
              <Button size="small" onClick={() => setConfirming(true)}>
                {t('Delete them')}
              </Button>
            }
          >
            {t(
              '{files, plural, one {# file is} other {# files are}} past that time, which is more than a crash explains. Nothing is deleted until you agree: another installation may use this store, or the database may be an older one than the files.',
              { files: orphans.unconfirmed },
            )}
          </Banner>
        </div>
      )}
      {orphans.files === 0 ? (
        <EmptyState compact icon={<FileQuestion size={18} />} title={t('Every file is referenced')} />
      ) : (
        <>
          <p className="mb-2 text-13 text-muted">
            {filesOf(orphans.files, orphans.bytes)}
            {orphans.oldest.length < orphans.files &&
              ` · ${t('the oldest {count, number} are listed', { count: orphans.oldest.length })}`}
          </p>
          <Panel label={t('Unreferenced files')}>
            {orphans.oldest.map((file) => (
              <PanelRow
                key={file.storage_key}
                icon={<FileX size={16} aria-hidden="true" />}
                title={<span className="font-mono text-12 font-normal break-all">{file.storage_key}</span>}
                detail={fateOf(file, orphans.unconfirmed > 0)}
              />
            ))}
          </Panel>
        </>
      )}
      {confirming && (
        <FormDialog
          title={t('Delete unreferenced files?')}
          description={t('The next run deletes these files for good. Your reason is recorded.')}
          action={t('Delete')}
          fields={[reasonField]}
          start={{}}
          onSave={async ({ reason }) => {
            const { files } = await operate<{ files: number }>('/lifecycle/orphan-confirmations', { reason });
            toast(t('The next run deletes {files, plural, one {# file} other {# files}}.', { files }));
          }}
          onClose={() => setConfirming(false)}
        />
      )}
    </SettingsSection>
  );
}

function fateOf({ bytes, modified_at, delete_at }: Orphans['oldest'][number], waits: boolean): string {
  const what = { size: formatBytes(bytes), written: formatRelative(modified_at), when: formatRelative(delete_at) };
  if (Date.parse(delete_at) > Date.now()) return t('{size}, written {written}, deleted {when}', what);
  return waits
    ? t('{size}, written {written}, waits until you agree', what)
    : t('{size}, written {written}, deleted at the next run', what);
}

const labels: Record<Tier['tier'], { name: string; Icon: typeof Flame }> = {
  hot: { name: t('Hot'), Icon: Flame },
  warm: { name: t('Warm'), Icon: ThermometerSun },
  cold: { name: t('Cold'), Icon: Snowflake },
};

/** Where uploaded files lie by age. */
export function TierSection({ tiers, tier_run }: Pick<LifecycleReport, 'tiers' | 'tier_run'>) {
  const isSet = tiers.some(({ tier, place }) => tier !== 'hot' && place !== null);
  return (
    <SettingsSection
      title={t('Stores of files')}
      description={
        isSet
          ? t(
              'A file that nobody reads moves to a cheaper store, where reading it is slower, and comes back when it is read.',
            )
          : t(
              'All files are in one store. Set FILES_WARM_URL or FILES_COLD_URL, and files that nobody reads move there.',
            )
      }
    >
      {tier_run?.error && (
        <div className="mb-2">
          <Banner meaning="bad">
            {t('Files could not be moved, which is tried again tonight: {error}', { error: tier_run.error })}
          </Banner>
        </div>
      )}
      <Panel label={t('Stores of files')}>
        {tiers
          .filter(({ place, files }) => place !== null || files > 0)
          .map((tier) => (
            <TierRow key={tier.tier} tier={tier} />
          ))}
      </Panel>
      {tier_run && (
        <p className="mt-2 text-12 text-muted">
          {t('Last run {when}: {files, plural, one {# file} other {# files}} moved, {size}', {
            when: formatRelative(tier_run.at),
            files: tier_run.rows,
            size: formatBytes(tier_run.bytes),
          })}
        </p>
      )}
    </SettingsSection>
  );
}

function TierRow({ tier }: { tier: Tier }) {
  const { name, Icon } = labels[tier.tier];
  return (
    <PanelRow
      icon={<Icon size={16} aria-hidden="true" />}
      title={
        <>
          {name}
          <span className="font-normal wrap-anywhere text-muted">{tier.place}</span>
          {tier.place === null && <Badge meaning="bad">{t('Not set')}</Badge>}
        </>
      }
      detail={
        <>
          <span className="block">{filesOf(tier.files, tier.bytes)}</span>
          <span className="block">{ageOf(tier)}</span>
          {tier.moving > 0 && (
            <span className="block">
              {t('The next run moves {files, plural, one {# file} other {# files}} elsewhere, {size}', {
                files: tier.moving,
                size: formatBytes(tier.moving_bytes),
              })}
            </span>
          )}
        </>
      }
    />
  );
}

function ageOf({ tier, after_days }: Tier): string {
  if (after_days === null) return t('Where uploads land');
  if (after_days === 0) return t('No file moves here, and those that are here come back');
  const days = { days: after_days };
  return tier === 'cold'
    ? t('{days, plural, one {# day} other {# days}} after it was last read or uploaded; reading may take seconds', days)
    : t('{days, plural, one {# day} other {# days}} after it was last read or uploaded', days);
}
