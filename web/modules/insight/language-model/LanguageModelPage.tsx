import { BrainCircuit } from 'lucide-react';
import { useMay } from '../../../platform/session/session.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { formatList } from '../../../ui/format.ts';
import { CallLog } from './CallLog.tsx';
import { ModelForm } from './ModelForm.tsx';
import { useLanguageModel } from './model.ts';
import { UsedToday } from './UsedToday.tsx';
import { Vectors } from './Vectors.tsx';

/** Where texts of the workspace may be sent to a language model, for what, and what was sent. */
export default function LanguageModelPage() {
  return useMay()('tenant', 'update') ? (
    <Administered />
  ) : (
    <EmptyState icon={<BrainCircuit size={18} />} title={t('Only administrators set up the language model')}>
      {t('Ask one of them.')}
    </EmptyState>
  );
}

function Administered() {
  const model = useLanguageModel();
  return (
    <>
      <SettingsSection
        title={t('Language model')}
        description={t(
          'Summaries, next steps and drafts by an OpenAI-compatible endpoint. It gets the texts of one record that the person who asks may read, has no tools, and changes nothing. Without one, sentences are chosen by rules. Vectors for search by meaning are agreed to on their own.',
        )}
      >
        <Loaded query={model}>
          {({ destinations, settings }) => (
            <div className="flex max-w-prose flex-col gap-4">
              {destinations.length === 0 ? (
                <Banner meaning="attention">
                  {t(
                    'The operator of this installation lists no host yet, so nothing can be sent anywhere. They name hosts in the setting OUTBOUND_HOSTS.',
                  )}
                </Banner>
              ) : (
                <p className="text-13 text-muted">
                  {t('Hosts that the operator lists: {hosts}', { hosts: formatList(destinations) })}
                </p>
              )}
              {(settings || destinations.length > 0) && (
                <ModelForm key={settings ? 'set' : 'new'} settings={settings} />
              )}
            </div>
          )}
        </Loaded>
      </SettingsSection>
      {model.data?.settings && <Vectors settings={model.data.settings} />}
      {model.data?.settings && <UsedToday settings={model.data.settings} used={model.data.used_today} />}
      <CallLog />
    </>
  );
}
