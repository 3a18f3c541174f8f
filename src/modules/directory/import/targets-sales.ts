import type { TargetResource } from './target.ts';
import { companyNames, externalId, field, owner } from './target-fields.ts';

export const salesTargets: readonly TargetResource[] = [
  {
    resource: 'product',
    label: 'Products',
    synonyms: ['product', 'item', 'article', 'produkt', 'artikel'],
    identity: ['name', 'external_id'],
    fields: [
      externalId('product id', 'sku', 'product code', 'item number', 'artikelnummer', 'produktnummer'),
      field(
        'name',
        'text',
        'Name',
        ['product', 'product name', 'item', 'item name', 'article', 'produkt', 'produktname', 'artikel', 'bezeichnung'],
        { required: true },
      ),
      field('family', 'text', 'Family', [
        'series',
        'product family',
        'product line',
        'category',
        'product category',
        'serie',
        'produktfamilie',
        'kategorie',
      ]),
      field('unit_price', 'money', 'Unit price', [
        'price',
        'sales price',
        'list price',
        'retail price',
        'preis',
        'verkaufspreis',
        'listenpreis',
        'stückpreis',
        'einzelpreis',
      ]),
      field('currency', 'currency', 'Currency', ['currency code', 'currency iso code', 'währung']),
      field('description', 'long_text', 'Description', ['product description', 'beschreibung', 'notes']),
    ],
  },
  {
    resource: 'deal',
    label: 'Deals',
    synonyms: ['deal', 'opportunity', 'sale', 'geschäft', 'auftrag', 'verkaufschance'],
    identity: ['external_id', 'name'],
    fields: [
      externalId('deal id', 'opportunity id', 'opportunity number', 'auftragsnummer'),
      field('name', 'text', 'Name', [
        'deal',
        'deal name',
        'opportunity',
        'opportunity name',
        'title',
        'titel',
        'subject',
      ]),
      field('company', 'text', 'Company', companyNames, { reference: { resource: 'company', by: 'name' } }),
      field(
        'contact',
        'text',
        'Contact',
        ['contact name', 'primary contact', 'associated contact', 'contact person', 'kontakt', 'ansprechpartner'],
        { reference: { resource: 'contact', by: 'name' } },
      ),
      owner(),
      field('pipeline', 'text', 'Pipeline', ['sales pipeline', 'pipeline name']),
      field('stage', 'text', 'Stage', ['deal stage', 'sales stage', 'stage name', 'phase', 'status', 'verkaufsphase']),
      field('amount', 'money', 'Amount', [
        'value',
        'close value',
        'deal value',
        'deal amount',
        'opportunity amount',
        'total',
        'sum',
        'betrag',
        'wert',
        'auftragswert',
        'summe',
      ]),
      field('currency', 'currency', 'Currency', ['currency code', 'currency iso code', 'währung']),
      field('product', 'text', 'Product', ['product name', 'item', 'produkt', 'artikel'], {
        reference: { resource: 'product', by: 'name' },
      }),
      field('expected_close_on', 'date', 'Expected to close', [
        'expected close date',
        'expected close',
        'forecast date',
        'voraussichtlicher abschluss',
      ]),
      field('opened_on', 'date', 'Opened', [
        'engage date',
        'open date',
        'opened date',
        'create date',
        'created date',
        'created',
        'created at',
        'start date',
        'deal created',
        'erstellt',
        'erstelldatum',
      ]),
      field('closed_on', 'date', 'Closed', [
        'close date',
        'closed date',
        'closed',
        'won time',
        'date closed',
        'abschlussdatum',
        'abgeschlossen',
      ]),
      field('close_reason', 'text', 'Close reason', [
        'closed lost reason',
        'closed won reason',
        'lost reason',
        'loss reason',
        'win reason',
        'reason',
        'grund',
        'verlustgrund',
      ]),
    ],
  },
];

const wonWords = /(^|\s)(closed)?(won|win|gewonnen|gagné|ganado)(\s|$)/i;
const lostWords = /(^|\s)(closed)?(lost|loss|verloren|perdu|perdido)(\s|$)/i;

/** What the name of a stage says about a deal in it. */
export function statusOfStage(stage: string): 'won' | 'lost' | 'open' {
  const words = stage.replace(/[^\p{L}]+/gu, ' ');
  if (lostWords.test(words)) return 'lost';
  return wonWords.test(words) ? 'won' : 'open';
}
