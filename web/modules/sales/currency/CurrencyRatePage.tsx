import { useSession } from '../../../platform/session/session.tsx';
import { VocabularyPage } from '../../../platform/settings/VocabularyPage.tsx';
import type { Vocabulary } from '../../../platform/settings/vocabulary.ts';
import { t } from '../../../text/text.ts';
import { formatDate, formatNumber, today } from '../../../ui/format.ts';

const rate_decimals_max = 10;

const currencyRates = (own: string): Vocabulary => ({
  resource: 'currency_rate',
  right: 'product',
  title: t('Currency rates'),
  description: t(
    'What other currencies are worth in {own}. Totals of several currencies are converted at the rate of the day: open deals at today’s, closed ones at the rate of their closing day. A currency without a rate is shown separately.',
    { own },
  ),
  words: {
    new: t('New rate'),
    create: t('Create rate'),
    created: t('Rate created'),
    edit: t('Edit rate'),
    delete: t('Delete rate'),
  },
  none: t('No rates yet'),
  sort: '-valid_on',
  start: { valid_on: today() },
  fields: [
    {
      key: 'currency',
      label: t('Currency'),
      kind: 'currency',
      required: true,
      createOnly: true,
    },
    { key: 'rate', label: t('Value of one unit in {own}', { own }), kind: 'decimal', required: true },
    {
      key: 'valid_on',
      label: t('Valid from'),
      kind: 'date',
      required: true,
      help: t('Until the next rate of this currency'),
    },
  ],
  nameOf: ({ currency, valid_on }) => `${currency}, ${formatDate(String(valid_on))}`,
  row: (record) => ({
    title: t('1 {currency} = {rate} {own}', {
      currency: String(record.currency),
      rate: formatNumber(String(record.rate), { maximumFractionDigits: rate_decimals_max }),
      own,
    }),
    detail: t('From {day}', { day: formatDate(String(record.valid_on)) }),
  }),
  undoable: true,
  deleting: t('Totals then use the rate before it.'),
});

export default function CurrencyRatePage() {
  const { tenant } = useSession();
  return <VocabularyPage vocabulary={currencyRates(tenant.default_currency)} />;
}
