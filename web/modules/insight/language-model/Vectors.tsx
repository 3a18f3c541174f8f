import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { LanguageModel, ModelVectors } from '../../../../src/modules/insight/language-model/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { messageOf } from '../../../platform/query/problem.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { withConfirmation } from '../../../platform/session/confirm.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { formatNumber } from '../../../ui/format.ts';
import { costText } from './model.ts';

const queryKey = ['language-model', 'vectors'];
const making_ms = 5_000;

/** What vectors of the endpoint cost for all texts, and how far they are made; nothing is sent before somebody agrees. */
export function Vectors({ settings }: { settings: NonNullable<LanguageModel['settings']> }) {
  const isUsed = settings.vector_model !== null && settings.features.includes('search');
  const vectors = useQuery({
    queryKey: [...queryKey, settings.vector_model],
    queryFn: ({ signal }) => api.get<ModelVectors>('/language-model/vectors', {}, signal),
    enabled: isUsed,
    refetchInterval: ({ state }) => (state.data?.state === 'making' ? making_ms : false),
  });
  if (!isUsed) return null;
  return (
    <SettingsSection
      title={t('Vectors for search by meaning')}
      description={t(
        'The endpoint gets every note, activity and mail of the workspace, and later each new one and each question. Who may read what stays as it is. Without vectors of the endpoint, search by meaning learns from the texts here, and sends nothing.',
      )}
    >
      <Loaded query={vectors}>{(state) => <State vectors={state} />}</Loaded>
    </SettingsSection>
  );
}

function State({ vectors }: { vectors: ModelVectors }) {
  const { state, model, texts, embedded } = vectors;
  const counts = { model: model ?? '', embedded: formatNumber(embedded), texts: formatNumber(texts) };
  if (state === 'unconfirmed') return <Agree vectors={vectors} />;
  if (state === 'making')
    return (
      <Banner meaning="info">
        {t(
          '{embedded} of {texts} texts have vectors of {model}. Until all have, search by meaning uses what was learned here. If today’s quota is used up, it continues tomorrow.',
          counts,
        )}
      </Banner>
    );
  return (
    <p className="text-13 text-muted">{t('Search by meaning uses {model}: {embedded} texts have vectors.', counts)}</p>
  );
}

function Agree({ vectors: { model, texts, tokens, cost, currency, days } }: { vectors: ModelVectors }) {
  const [asks, setAsks] = useState(false);
  const agree = useMutation({
    mutationFn: () => withConfirmation(() => api.post('/language-model/vectors', { vector_model: model })),
    onSettled: () => setAsks(false),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['language-model'] }),
  });
  const price = cost > 0 ? t('about {cost}', { cost: costText(cost, currency) }) : t('no price is set');
  const sum = t('{texts, plural, one {one text} other {{count} texts}}, at most {tokens} tokens, {price}', {
    texts,
    count: formatNumber(texts),
    tokens: formatNumber(tokens),
    price,
  });
  return (
    <div className="flex max-w-prose flex-col gap-3">
      <p className="text-13">{sum}</p>
      {days > 1 && (
        <p className="text-13 text-muted">
          {t('With the quotas above that takes {days} days.', { days: formatNumber(days) })}
        </p>
      )}
      {agree.error && <Banner meaning="bad">{messageOf(agree.error)}</Banner>}
      <div>
        <Button onClick={() => setAsks(true)}>{t('Send texts and use its vectors')}</Button>
      </div>
      <ConfirmDialog
        open={asks}
        title={t('Send all texts to {model}?', { model: model ?? '' })}
        description={sum}
        action={t('Send texts')}
        busy={agree.isPending}
        onConfirm={() => agree.mutate()}
        onClose={() => setAsks(false)}
      />
    </div>
  );
}
