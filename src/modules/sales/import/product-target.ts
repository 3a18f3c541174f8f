import { externalId, field, holdfastId, type ImportTarget } from '../../../platform/import/index.ts';
import { product } from '../product/contract.ts';

export const productTarget: ImportTarget = {
  resource: 'product',
  label: 'Products',
  synonyms: ['product', 'item', 'article', 'produkt', 'artikel'],
  identity: ['name', 'external_id'],
  fields: [
    holdfastId(),
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
    field('active', 'boolean', 'Active', ['enabled', 'available', 'aktiv', 'verfügbar']),
    field('currency', 'currency', 'Currency', ['currency code', 'currency iso code', 'währung']),
  ],
  contract: product,
  keys: [
    { from: ['holdfast_id'], columns: ['id'] },
    { from: ['external_id'], columns: ['external_id'] },
    { from: ['name'], columns: ['name'] },
  ],
  namedBy: ['name', 'external_id'],
  madeByName: true,
  defaults: ({ currency }) => ({ currency, active: 'true' }),
};
