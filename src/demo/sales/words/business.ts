/** What Fernhollow Instruments sells, and the words its people sort their work by. Prices in euros. */
export const products = [
  { sku: 'FM-200', name: 'Flow meter FM-200', family: 'Flow', price: 1480, kind: 'device' },
  { sku: 'FM-900', name: 'Coriolis meter FM-900', family: 'Flow', price: 6950, kind: 'device' },
  { sku: 'PL-50', name: 'Pressure logger PL-50', family: 'Pressure', price: 389, kind: 'device' },
  { sku: 'PT-12', name: 'Pressure transmitter PT-12', family: 'Pressure', price: 264.5, kind: 'device' },
  { sku: 'TS-7', name: 'Temperature sensor set TS-7', family: 'Temperature', price: 198, kind: 'device' },
  { sku: 'GW-3', name: 'Plant gateway GW-3', family: 'Gateways', price: 2150, kind: 'device' },
  { sku: 'TRN', name: 'Training day', family: 'Services', price: 1350, kind: 'extra' },
  { sku: 'CAL-DAY', name: 'Calibration on site, per day', family: 'Services', price: 1120, kind: 'service' },
  { sku: 'CAL-LAB', name: 'Laboratory calibration, per instrument', family: 'Services', price: 145, kind: 'service' },
  { sku: 'SVC-S', name: 'Service plan Silver, per year', family: 'Service plans', price: 1800, kind: 'plan' },
  { sku: 'SVC-G', name: 'Service plan Gold, per year', family: 'Service plans', price: 3600, kind: 'plan' },
] as const;

/** What a price list abroad makes of a euro, and to what it rounds, in minor units. Not a rate. */
export const priceLists = {
  EUR: { factor: 1, digits: 2, step: 1 },
  USD: { factor: 1.1, digits: 2, step: 500 },
  GBP: { factor: 0.87, digits: 2, step: 500 },
  JPY: { factor: 162, digits: 0, step: 100 },
} as const;

export const pipelines = [
  {
    name: 'New business',
    days: [25, 150],
    winning: 0.42,
    stages: [
      { name: 'Qualified', kind: 'open', probability: 15, rotting: 30 },
      { name: 'Demo held', kind: 'open', probability: 35, rotting: 21 },
      { name: 'Offer sent', kind: 'open', probability: 60, rotting: 14 },
      { name: 'Negotiation', kind: 'open', probability: 80, rotting: 14 },
      { name: 'Won', kind: 'won', probability: 100, rotting: null },
      { name: 'Lost', kind: 'lost', probability: 0, rotting: null },
    ],
  },
  {
    name: 'Service & renewals',
    days: [28, 110],
    winning: 0.78,
    stages: [
      { name: 'Renewal due', kind: 'open', probability: 60, rotting: 30 },
      { name: 'Offer out', kind: 'open', probability: 75, rotting: 14 },
      { name: 'Verbal yes', kind: 'open', probability: 90, rotting: 10 },
      { name: 'Renewed', kind: 'won', probability: 100, rotting: null },
      { name: 'Cancelled', kind: 'lost', probability: 0, rotting: null },
    ],
  },
] as const;

export const dealNames = {
  new: [
    '{family} for {site}',
    '{product} pilot',
    'Line {n} retrofit',
    'Replacement of old meters, hall {n}',
    '{quantity}x {product}',
    'New plant {site}',
    'Framework agreement {year}',
    '{family}: phase {n}',
  ],
  renewal: [
    'Service plan {year}',
    'Calibration {year}',
    'Calibration contract {site}',
    'Renewal {year}, {n} instruments',
    'Service upgrade to Gold',
  ],
} as const;

export const closeReasons = {
  won: ['Best technical fit', 'Existing relationship', 'Delivery time', 'Price'],
  lost: ['Price', 'Chose a competitor', 'Project postponed', 'No budget', 'No answer any more'],
} as const;

export const lossNotes = [
  'Went with the incumbent, 12 % cheaper. They were fair about it, ask again before the next shutdown.',
  'Project on ice until the new plant manager has settled in.',
  'Budget went into the packaging line. Stay in touch, the need is still there.',
  'Four attempts, no answer. Closing.',
  'Lost on delivery time: they needed it in three weeks.',
];

export const jobTitles = [
  'Plant manager',
  'Head of maintenance',
  'Process engineer',
  'Purchasing manager',
  'Quality manager',
  'Calibration technician',
  'Managing director',
  'Head of laboratory',
  'Project engineer',
  'Operations director',
  'Technical buyer',
  'Utilities engineer',
  'Automation engineer',
  'Finance manager',
];

export const sources = ['Trade fair', 'Website', 'Referral', 'Cold call', 'Partner', 'Newsletter', 'Existing customer'];

/** How much likelier a deal is won that came from there. */
export const sourcePull: Readonly<Record<string, number>> = {
  Referral: 0.2,
  'Existing customer': 0.15,
  Partner: 0.08,
  Newsletter: -0.12,
  'Cold call': -0.2,
};

/** What a unit was worth in euros: currency, days ago, rate. */
export const currencyRates = [
  ['USD', 790, '0.92'],
  ['USD', 300, '0.86'],
  ['GBP', 790, '1.17'],
  ['GBP', 250, '1.15'],
  ['JPY', 790, '0.0061'],
] as const;

/** What the sales team knows to matter, in the language of filters. */
export const scoringRules = [
  {
    name: 'Large company',
    resource: 'deal',
    points: 8,
    filter: { any: 'company', where: { field: 'employee_count', op: 'gte', value: 500 } },
  },
  {
    name: 'Talking to a director',
    resource: 'contact',
    points: 5,
    filter: { field: 'job_title', op: 'contains', value: 'director' },
  },
  {
    name: 'No closing date yet',
    resource: 'deal',
    points: -10,
    filter: { field: 'expected_close_on', op: 'is_empty' },
  },
] as const;

/** `on`: what they are put on. */
export const tags = [
  { name: 'Key account', color: 'violet', on: ['company', 'deal'] },
  { name: 'Distributor', color: 'blue', on: ['company'] },
  { name: 'Reference customer', color: 'green', on: ['company'] },
  { name: 'Payment terms 60 days', color: 'orange', on: ['company'] },
  { name: 'Explosive atmosphere', color: 'red', on: ['company', 'deal'] },
  { name: 'Trade fair', color: 'teal', on: ['contact', 'deal'] },
  { name: 'Decision maker', color: 'pink', on: ['contact'] },
  { name: 'Newsletter', color: 'gray', on: ['contact'] },
  { name: 'Technical contact', color: 'yellow', on: ['contact'] },
]; // biome-ignore format: a table

export const customFields = [
  { resource: 'company', key: 'installed_base', label: 'Installed instruments', type: 'integer', options: [] },
  {
    resource: 'company',
    key: 'service_level',
    label: 'Service level',
    type: 'select',
    options: ['None', 'Silver', 'Gold'],
  },
  { resource: 'contact', key: 'preferred_language', label: 'Preferred language', type: 'text', options: [] },
  { resource: 'deal', key: 'site_visit', label: 'Site visit needed', type: 'boolean', options: [] },
] as const;
