import { useQuery } from '@tanstack/react-query';
import { RefreshCw } from 'lucide-react';
import { api } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { formatRelative } from '../../../ui/format.ts';
import type { ScoreModel } from '../score/score.ts';
import { Effects } from './Effects.tsx';
import { JudgementReport } from './JudgementReport.tsx';

const key = ['score_model'];
const poll_ms = 1_500;

/** What was learnt from won and lost deals, and how well it foretold those it had not seen. */
export function ModelSection() {
  const may = useMay();
  const model = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get<ScoreModel>('/score-model', {}, signal),
    refetchInterval: ({ state }) => (state.data?.is_being_fitted ? poll_ms : false),
  });
  const fitAgain = () =>
    attempt(async () => {
      await api.post('/score-model/fittings');
      await queryClient.invalidateQueries({ queryKey: key });
    });
  return (
    <SettingsSection
      title={t('Trained on your deals')}
      description={t(
        'A model trained on the deals you have won and lost. It sees only what is known while a deal is open. It is retrained once a day, and when 5% more deals are closed.',
      )}
      action={
        may('scoring', 'update') && (
          <Button
            icon={<RefreshCw size={14} />}
            busy={model.data?.is_being_fitted ?? false}
            onClick={() => void fitAgain()}
          >
            {t('Retrain')}
          </Button>
        )
      }
    >
      <Loaded query={model}>
        {(data) => (
          <div className="flex flex-col gap-6">
            <Verdict model={data} />
            {data.judgement && <JudgementReport judgement={data.judgement} />}
            {data.effects.length > 0 && <Effects effects={data.effects} />}
            {data.fitted_at && (
              <p className="text-12 text-muted">
                {t('This model was trained {when}.', { when: formatRelative(data.fitted_at) })}
              </p>
            )}
          </div>
        )}
      </Loaded>
    </SettingsSection>
  );
}

function Verdict({ model: { verdict, won, lost, needed } }: { model: ScoreModel }) {
  const counts = { won, lost, closed: needed.closed, each: needed.of_each_outcome };
  if (verdict === 'not_enough_history') {
    return (
      <Banner meaning="info">
        {t(
          'Not enough history: {won, number} won and {lost, number} lost deals, and at least {closed, number} closed ones with {each, number} of each outcome are needed, closed on different days. Until then only rules count.',
          counts,
        )}
      </Banner>
    );
  }
  if (verdict === 'no_better_than_chance') {
    return (
      <Banner meaning="attention">
        {t(
          'Not used: on deals it had not seen, the model was no better than chance. What is known of your {won, number} won and {lost, number} lost deals before they close does not tell them apart.',
          counts,
        )}
      </Banner>
    );
  }
  return (
    <Banner meaning="good">{t('In use: trained on {won, number} won and {lost, number} lost deals.', counts)}</Banner>
  );
}
