import { useMutation } from '@tanstack/react-query';
import type { ModelTest } from '../../../../src/modules/insight/language-model/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { messageOf } from '../../../platform/query/problem.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { outcomeTexts } from './model.ts';

/** Asks the endpoint for a word and a vector, and says what came back. */
export function TryIt({ isChanged }: { isChanged: boolean }) {
  const run = useMutation({
    mutationFn: () => api.post<ModelTest>('/language-model/tests'),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['language-model'] }),
  });
  const { chat, vectors } = run.data ?? { chat: null, vectors: null };
  return (
    <>
      <Button busy={run.isPending} disabled={isChanged} onClick={() => run.mutate()}>
        {t('Try it')}
      </Button>
      {isChanged && <p className="self-center text-12 text-muted">{t('Save first, then try it.')}</p>}
      {run.error && <Banner meaning="bad">{messageOf(run.error)}</Banner>}
      {run.data && (
        <div role="status" className="order-last flex basis-full flex-col gap-2">
          {chat && <Tried label={t('Model')} tried={chat} />}
          {vectors && <Tried label={t('Model for vectors')} tried={vectors} isVector />}
          {!chat && !vectors && <Banner meaning="attention">{t('No model is named, so nothing was asked.')}</Banner>}
        </div>
      )}
    </>
  );
}

interface TriedProps {
  label: string;
  tried: NonNullable<ModelTest['chat']>;
  isVector?: boolean;
}

function Tried({ label, tried: { outcome, answer, duration_ms }, isVector }: TriedProps) {
  const seconds = duration_ms / 1000;
  if (outcome !== 'ok')
    return (
      <Banner meaning="bad">{t('{label}: the endpoint {outcome}.', { label, outcome: outcomeTexts[outcome] })}</Banner>
    );
  return (
    <Banner meaning="good">
      {isVector
        ? t('{label}: vectors of {count} numbers, after {seconds, number} s.', { label, count: answer, seconds })
        : t('{label}: wrote “{answer}” after {seconds, number} s.', { label, answer, seconds })}
    </Banner>
  );
}
