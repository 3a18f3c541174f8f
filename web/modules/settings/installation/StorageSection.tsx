import { useQuery } from '@tanstack/react-query';
import { HardDrive } from 'lucide-react';
import type { StorageReport } from '../../../../src/operations/storage/contract.ts';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { formatBytes, formatDate, formatPercent } from '../../../ui/format.ts';
import { storageQuery } from './installation.ts';

type Disk = StorageReport['data'][number];

/** How much room is left, and for how long it lasts at the pace of the last weeks. */
export function StorageSection() {
  const storage = useQuery(storageQuery);
  return (
    <SettingsSection
      id="disk"
      title={t('Disk space')}
      description={t('One sample a day. The forecast continues the trend of the last 30 days.')}
    >
      <Loaded query={storage}>
        {({ data, sizes }) =>
          data.length === 0 ? (
            <EmptyState icon={<HardDrive size={18} />} title={t('No sample yet')} compact>
              {t('A worker takes the first when it starts.')}
            </EmptyState>
          ) : (
            <>
              <Panel label={t('Disk space')}>
                {data.map((disk) => (
                  <DiskRow key={`${disk.place} ${disk.host}`} disk={disk} />
                ))}
              </Panel>
              {sizes && (
                <p className="mt-2 text-12 text-muted">
                  {t('Database {database}, of which the log {log}; files {files}.', {
                    database: formatBytes(sizes.database_bytes),
                    log: formatBytes(sizes.log_bytes),
                    files: formatBytes(sizes.file_bytes),
                  })}
                </p>
              )}
            </>
          )
        }
      </Loaded>
    </SettingsSection>
  );
}

function DiskRow({ disk }: { disk: Disk }) {
  const { place, host, free_bytes, size_bytes } = disk;
  return (
    <PanelRow
      icon={<HardDrive size={16} aria-hidden="true" />}
      title={
        <>
          {place === 'data' ? t('Disk of the data directory') : t('Disk of the backup store')}
          <bdi className="font-normal text-muted">{host}</bdi>
        </>
      }
      detail={
        <>
          <span className="block">
            {t('{free} of {size} free ({percent})', {
              free: formatBytes(free_bytes),
              size: formatBytes(size_bytes),
              percent: formatPercent(Math.round((100 * free_bytes) / size_bytes)),
            })}
          </span>
          <span className="block text-ink">{forecastOf(disk)}</span>
        </>
      }
    />
  );
}

function forecastOf({ bytes_per_day, full_at }: Disk): string {
  if (bytes_per_day === null) return t('Too early to tell when it will be full: that takes three days.');
  if (bytes_per_day >= 0) return t('It does not fill.');
  const pace = formatBytes(-bytes_per_day);
  if (!full_at) return t('It fills by {pace} a day, and is not full within two years.', { pace });
  return t('It fills by {pace} a day, and is full on about {when}.', { pace, when: formatDate(full_at.slice(0, 10)) });
}
