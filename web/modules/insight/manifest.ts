import type { Manifest } from '../../platform/product/manifest.ts';
import { lazyPart } from '../../text/lazy.ts';
import { t } from '../../text/text.ts';

type Card = keyof typeof import('./cards.tsx');

/** Beside the records of a type stands what texts say about them. */
const card = (of: string, name: Card) => ({
  of,
  relatedParts: [{ Part: lazyPart(async () => ({ default: (await import('./cards.tsx'))[name] })), shows: [] }],
});

export const insight = {
  id: 'insight',
  title: t('Insight'),
  extensions: [
    card('contact', 'OfContact'),
    card('company', 'OfCompany'),
    card('deal', 'OfDeal'),
    card('household', 'OfHousehold'),
    card('mail_message', 'OfMessage'),
  ],
  settings: () => import('./settings.ts'),
} satisfies Manifest;
