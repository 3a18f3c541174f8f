import type { LanguageModel, ModelFeature } from '../../../../src/modules/insight/language-model/contract.ts';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { formatNumber } from '../../../ui/format.ts';
import { featureLabels } from './model.ts';

interface UsedTodayProps {
  settings: NonNullable<LanguageModel['settings']>;
  used: LanguageModel['used_today'];
}

/** The quotas of today, and what is used of each. */
export function UsedToday({ settings, used }: UsedTodayProps) {
  const rows = used
    .filter(({ key }) => key !== 'test')
    .map(({ kind, key, name, tokens }) => ({
      id: `${kind} ${key}`,
      label: kind === 'workspace' ? t('Workspace') : kind === 'person' ? name : featureLabels[key as ModelFeature],
      tokens,
      most: settings[`${kind}_tokens_max`],
    }));
  return (
    <SettingsSection
      title={t('Used today')}
      description={t('Tokens are reserved before a call and counted after it. A day ends at midnight UTC.')}
    >
      {rows.length === 0 ? (
        <p className="text-13 text-muted">{t('Nothing yet.')}</p>
      ) : (
        <dl className="grid max-w-prose grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-1 text-13">
          {rows.map(({ id, label, tokens, most }) => (
            <div key={id} className="contents">
              <dt className="truncate text-muted">{label}</dt>
              <dd className="text-end tabular-nums">
                {t('{tokens} of {most}', { tokens: formatNumber(tokens), most: formatNumber(most) })}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </SettingsSection>
  );
}
