import { useQuery } from '@tanstack/react-query';
import type {
  LanguageModel,
  LanguageModelPut,
  ModelCall,
  ModelFeature,
  Outcome,
  Refusal,
} from '../../../../src/modules/insight/language-model/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { t } from '../../../text/text.ts';
import { formatNumber } from '../../../ui/format.ts';

export const useLanguageModel = () =>
  useQuery({
    queryKey: ['language-model'],
    queryFn: ({ signal }) => api.get<LanguageModel>('/language-model', {}, signal),
  });

export const featureLabels: Record<ModelFeature, string> = {
  summary: t('Summaries'),
  next_action: t('Next steps'),
  reply_draft: t('Reply drafts'),
  search: t('Search by meaning'),
};

export const modelFeatures = Object.keys(featureLabels) as ModelFeature[];

export const callLabel = (feature: ModelCall['feature']): string =>
  feature === 'test' ? t('Try it') : featureLabels[feature];

/** Of a part of a cent too. */
export const costText = (cost: number, currency: string): string =>
  formatNumber(cost, { style: 'currency', currency, maximumSignificantDigits: 2 });

/** What came of a call, or why there was none. */
export const outcomeTexts: Record<Outcome | Refusal, string> = {
  ok: t('answered'),
  pending: t('under way, or broken off'),
  timeout: t('took too long'),
  too_large: t('answered too much'),
  not_json: t('answered something else than JSON'),
  invalid: t('answered in another form than was asked for'),
  dimension: t('gave vectors of another length'),
  tool_call: t('asked for a tool, and has none'),
  nothing_left: t('wrote no sentence that has a source and no link'),
  rate_limited: t('has had too many requests'),
  refused: t('refused the key'),
  status: t('answered with an error'),
  redirect: t('wanted to lead elsewhere'),
  private_address: t('is at a private address that the operator does not list'),
  unknown_host: t('has a name that is not known'),
  certificate: t('has a certificate that is not valid'),
  connection: t('cannot be connected to'),
  failed: t('failed'),
  not_configured: t('is not set up'),
  feature_off: t('is not used for this'),
  nothing_to_read: t('was not asked: there is no text that you may read'),
  texts_changed: t('answered to texts that have changed meanwhile'),
  not_listed: t('is at a host that the operator does not list'),
  silent_copy: t('is not asked from a copy'),
  quota_workspace: t('was not asked: the tokens of the workspace for today are used up'),
  quota_person: t('was not asked: your tokens for today are used up'),
  quota_feature: t('was not asked: the tokens for this feature for today are used up'),
};

export const newSettings: LanguageModelPut = {
  url: '',
  chat_model: null,
  vector_model: null,
  features: ['summary', 'next_action', 'reply_draft'],
  workspace_tokens_max: 2_000_000,
  person_tokens_max: 300_000,
  feature_tokens_max: 1_000_000,
  price_in: 0,
  price_out: 0,
  price_vectors: 0,
  currency: 'USD',
};
