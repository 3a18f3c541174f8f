import type { TransactionKind } from '../transaction/contract.ts';
import type { fileFields } from './contract.ts';

export type FileField = (typeof fileFields)[number];

/**
 * What a word of a file means. `cash` comes in or leaves by its sign, and so do a `transfer` and a `trade` of units;
 * what is no movement is skipped.
 */
export type RowKind = TransactionKind | 'cash' | 'transfer' | 'trade' | 'skip';

/** How a row's words begin, in small letters, and what it is then. The first that fits counts. */
export type KindRule = readonly [begins: string, kind: RowKind, more?: { sign?: 1 | -1; why?: string }];

/** How the exports of a custodian are read. A further custodian is one more of these. */
export interface Preset {
  id: string;
  product: string;
  of: 'transactions' | 'positions';
  /**
   * The names of columns, in all languages; `Change+1` is the one after `Change`. Of fees and taxes all that are there
   * are added up.
   */
  columns: Partial<Record<FileField, readonly string[]>>;
  /** A row that has these columns is the head of the table. */
  required: readonly FileField[];
  order?: 'dmy' | 'mdy';
  /** The sign before decimals, where a number such as 1.234 would be read otherwise. */
  decimal?: '.' | ',';
  currency?: string;
  /** Cells above the table, beside which a value stands. */
  head?: { account?: string; currency?: string };
  /** The first cell of the rows of this table, in a file that has several. */
  section?: string;
  kinds: readonly KindRule[];
  /** The words say how many units were traded, at what price, as in `Buy 6 Fund@49.78 EUR`. */
  traded_in?: 'kind' | 'description';
  /** A price is in hundredths of the currency. */
  price_in_hundredths?: true;
}

const only_balance = 'It only says a balance';
const moves_inside = 'It moves cash between the broker and its own bank';
const no_movement = 'It is no movement';

const schwab: Preset = {
  id: 'schwab', product: 'Charles Schwab', of: 'transactions', order: 'mdy', decimal: '.', currency: 'USD',
  columns: {
    traded_on: ['date'], kind: ['action'], ticker: ['symbol'], name: ['description'], description: ['description'], quantity: ['quantity'],
    price: ['price'], fees: ['fees & comm'], amount: ['amount'], account: ['account'],
  },
  required: ['traded_on', 'kind', 'ticker', 'quantity', 'price', 'fees', 'amount'],
  kinds: [
    ['reinvest shares', 'reinvestment'], ['reinvest dividend', 'dividend'], ['qual div reinvest', 'dividend'], ['pr yr div reinvest', 'dividend'],
    ['long term cap gain', 'capital_gain'], ['short term cap gain', 'capital_gain'], ['buy', 'buy'], ['sell', 'sell'], ['qualified dividend', 'dividend'],
    ['cash dividend', 'dividend'], ['non-qualified div', 'dividend'], ['special non qual div', 'dividend'], ['special dividend', 'dividend'],
    ['pr yr cash div', 'dividend'], ['pr yr special div', 'dividend'], ['credit interest', 'interest'], ['bank interest', 'interest'],
    ['bond interest', 'interest'], ['margin interest', 'interest'], ['advisor fee', 'fee'], ['adr mgmt fee', 'fee'], ['service fee', 'fee'],
    ['misc cash entry', 'other'], ['foreign tax', 'tax'], ['nra tax', 'tax'], ['nra withholding', 'tax'], ['wire sent', 'cash'],
    ['wire received', 'cash'], ['wire funds', 'cash'], ['moneylink', 'cash'], ['funds received', 'cash'], ['funds paid', 'cash'], ['deposit', 'cash'],
    ['withdrawal', 'cash'], ['journaled shares', 'transfer'], ['internal transfer', 'transfer'], ['security transfer', 'transfer'], ['journal', 'transfer'],
    ['stock plan activity', 'transfer'], ['stock split', 'split'], ['reverse split', 'split'], ['stock div dist', 'split'], ['spin-off', 'spin_off'],
    ['stock merger', 'merger'], ['cash merger', 'merger'], ['cash/stock merger', 'merger'], ['name change', 'merger'], ['conversion', 'merger'],
    ['cash in lieu', 'other'], ['full redemption', 'sell'], ['return of capital', 'return_of_capital'],
  ],
}; // biome-ignore format: a table

const fidelity: Preset = {
  id: 'fidelity', product: 'Fidelity', of: 'transactions', order: 'mdy', decimal: '.', currency: 'USD',
  columns: {
    traded_on: ['run date', 'trade date'], account: ['account number', 'account'], kind: ['action', 'transaction type'], ticker: ['symbol'],
    name: ['description', 'security description'], description: ['action', 'transaction type'], quantity: ['quantity'], price: ['price ($)', 'price'],
    fees: ['commission ($)', 'commission', 'fees ($)', 'fees'], amount: ['amount ($)', 'amount'], settled_on: ['settlement date'], currency: ['currency'],
  },
  required: ['traded_on', 'kind', 'ticker', 'quantity', 'price', 'amount', 'settled_on'],
  kinds: [
    ['you bought', 'buy'], ['you sold', 'sell'], ['bought', 'buy'], ['sold', 'sell'], ['buy', 'buy'], ['sell', 'sell'], ['reinvestment', 'reinvestment'],
    ['dividend', 'dividend'], ['long-term cap gain', 'capital_gain'], ['short-term cap gain', 'capital_gain'], ['interest', 'interest'],
    ['foreign tax', 'tax'], ['fee', 'fee'], ['advisory fee', 'fee'], ['electronic funds transfer', 'cash'], ['direct debit', 'cash'],
    ['direct deposit', 'cash'], ['cash contribution', 'cash'], ['contribution', 'cash'], ['wire transfer', 'cash'], ['transferred from', 'transfer'],
    ['transferred to', 'transfer'], ['transfer of assets', 'transfer'], ['stock split', 'split'], ['split', 'split'], ['reverse split', 'split'],
    ['merger', 'merger'], ['spin', 'spin_off'], ['return of capital', 'return_of_capital'], ['redemption', 'sell'], ['distribution', 'split'],
  ],
}; // biome-ignore format: a table

const vanguard: Preset = {
  id: 'vanguard', product: 'Vanguard', of: 'transactions', order: 'mdy', decimal: '.', currency: 'USD',
  columns: {
    account: ['account number'], traded_on: ['trade date'], settled_on: ['settlement date'], kind: ['transaction type'],
    description: ['transaction description'], name: ['investment name'], ticker: ['symbol'], quantity: ['shares'], price: ['share price'],
    fees: ['commissions and fees', 'commission fees'], amount: ['net amount'],
  },
  required: ['account', 'traded_on', 'kind', 'name', 'quantity', 'amount'],
  kinds: [
    ['buy', 'buy'], ['sell', 'sell'], ['reinvestment', 'reinvestment'], ['dividend', 'dividend'], ['capital gain', 'capital_gain'],
    ['interest', 'interest'], ['sweep', 'skip', { why: 'It moves cash to or from the settlement fund' }], ['transfer', 'transfer'],
    ['contribution', 'cash'], ['distribution', 'cash'], ['withdrawal', 'cash'], ['funds received', 'cash'], ['fee', 'fee'], ['withholding', 'tax'],
    ['stock split', 'split'], ['conversion', 'merger'], ['merger', 'merger'], ['spin', 'spin_off'], ['corp action', 'merger'],
  ],
}; // biome-ignore format: a table

const vanguardPositions: Preset = {
  id: 'vanguard-positions', product: 'Vanguard', of: 'positions', decimal: '.', currency: 'USD',
  columns: { account: ['account number'], name: ['investment name'], ticker: ['symbol'], quantity: ['shares'], price: ['share price'], value: ['total value'] },
  required: ['account', 'name', 'quantity', 'price', 'value'], kinds: [],
}; // biome-ignore format: a table

const schwabPositions: Preset = {
  id: 'schwab-positions', product: 'Charles Schwab', of: 'positions', decimal: '.', currency: 'USD',
  columns: { ticker: ['symbol'], name: ['description'], quantity: ['qty (quantity)', 'quantity'], price: ['price'], value: ['mkt val (market value)', 'market value'] },
  required: ['ticker', 'name', 'quantity', 'price', 'value'], kinds: [],
}; // biome-ignore format: a table

const fidelityPositions: Preset = {
  id: 'fidelity-positions', product: 'Fidelity', of: 'positions', decimal: '.', currency: 'USD',
  columns: {
    account: ['account number'], ticker: ['symbol'], name: ['description'], quantity: ['quantity'], price: ['last price'], value: ['current value'],
  },
  required: ['account', 'ticker', 'quantity', 'price', 'value'], kinds: [],
}; // biome-ignore format: a table

const vanguardUk: Preset = {
  id: 'vanguard-uk', product: 'Vanguard UK', of: 'transactions', order: 'dmy', decimal: '.', currency: 'GBP', traded_in: 'kind',
  columns: { traded_on: ['date'], kind: ['details'], description: ['details'], amount: ['amount'], value: ['balance'] },
  required: ['traded_on', 'kind', 'amount', 'value'],
  kinds: [
    ['bought', 'buy'], ['sold', 'sell'], ['div:', 'dividend'], ['reversal of div:', 'dividend'], ['cash account interest', 'interest'],
    ['account fee', 'fee'], ['deposit', 'cash'], ['regular deposit', 'cash'], ['payment by', 'cash'], ['withdrawal', 'cash'], ['transfer', 'transfer'],
  ],
}; // biome-ignore format: a table

const ibkrTrades: Preset = {
  id: 'ibkr-trades', product: 'Interactive Brokers', of: 'transactions', decimal: '.',
  columns: {
    account: ['clientaccountid', 'accountid'], traded_on: ['tradedate', 'date/time'], settled_on: ['settledate'], kind: ['buy/sell'], isin: ['isin'],
    cusip: ['cusip'], ticker: ['symbol'], name: ['description'], description: ['description'], quantity: ['quantity'], price: ['tradeprice', 'price'],
    gross: ['trademoney', 'proceeds'], amount: ['netcash'], currency: ['currencyprimary', 'currency'], fees: ['ibcommission', 'commission'],
    taxes: ['taxes'], external_id: ['tradeid', 'transactionid'],
  },
  required: ['traded_on', 'kind', 'quantity', 'price', 'currency'],
  kinds: [['buy', 'buy'], ['sell', 'sell']],
}; // biome-ignore format: a table

const ibkrCash: Preset = {
  id: 'ibkr-cash', product: 'Interactive Brokers', of: 'transactions', decimal: '.',
  columns: {
    account: ['clientaccountid', 'accountid'], traded_on: ['settledate', 'reportdate'], kind: ['type'], isin: ['isin'], cusip: ['cusip'],
    ticker: ['symbol'], description: ['description'], amount: ['amount'], currency: ['currencyprimary', 'currency'], external_id: ['transactionid'],
  },
  required: ['traded_on', 'kind', 'description', 'amount', 'currency'],
  kinds: [
    ['dividends', 'dividend'], ['payment in lieu', 'dividend'], ['withholding tax', 'tax'], ['broker interest', 'interest'], ['bond interest', 'interest'],
    ['deposits', 'cash'], ['deposit', 'cash'], ['withdrawal', 'cash'], ['other fees', 'fee'], ['commission adjustments', 'fee'], ['advisor fees', 'fee'],
  ],
}; // biome-ignore format: a table

const ibkrStatement: Preset = {
  id: 'ibkr-statement', product: 'Interactive Brokers', of: 'transactions', decimal: '.', head: { currency: 'Base Currency' },
  section: 'Transaction History',
  columns: {
    traded_on: ['date'], account: ['account'], description: ['description'], name: ['description'], kind: ['transaction type'], ticker: ['symbol'],
    quantity: ['quantity'], price: ['price'], gross: ['gross amount'], fees: ['commission'], amount: ['net amount'],
  },
  required: ['traded_on', 'kind', 'ticker', 'gross', 'amount'],
  kinds: [
    ['buy', 'buy'], ['sell', 'sell'], ['dividend', 'dividend'], ['payment in lieu', 'dividend'], ['foreign tax withholding', 'tax'],
    ['credit interest', 'interest'], ['debit interest', 'interest'], ['deposit', 'cash'], ['withdrawal', 'cash'], ['forex trade component', 'exchange'],
    ['adjustment', 'skip', { why: 'It only translates balances into another currency' }], ['other fee', 'fee'], ['corporate action', 'merger'],
  ],
}; // biome-ignore format: a table

const swissquote: Preset = {
  id: 'swissquote', product: 'Swissquote', of: 'transactions', order: 'dmy', decimal: '.',
  columns: {
    traded_on: ['date', 'datum'], kind: ['transaction', 'transaktionen'], ticker: ['symbol'], name: ['name'], isin: ['isin'],
    quantity: ['quantity', 'anzahl', 'quantité'], price: ['unit price', 'stückpreis', 'prix unitaire'], fees: ['costs', 'kosten', 'coûts'],
    amount: ['net amount', 'nettobetrag', 'montant net'], currency: ['currency', 'währung', 'monnaie'],
  },
  required: ['traded_on', 'kind', 'isin', 'quantity', 'price', 'amount', 'currency'],
  kinds: [
    ['buy', 'buy'], ['kauf', 'buy'], ['achat', 'buy'], ['sell', 'sell'], ['verkauf', 'sell'], ['vente', 'sell'], ['dividend', 'dividend'],
    ['dividende', 'dividend'], ['capital gain', 'capital_gain'], ['kapitalgewinn', 'capital_gain'], ['custody fees', 'fee'], ['depotgebühren', 'fee'],
    ['frais de garde', 'fee'], ['interest', 'interest'], ['zins', 'interest'], ['forex', 'exchange'], ['fx', 'exchange'], ['debit', 'cash'],
    ['credit', 'cash'], ['auszahlung', 'cash'], ['vergütung', 'cash'], ['payment', 'cash'], ['merger', 'merger'], ['spin', 'spin_off'],
    ['return of capital', 'return_of_capital'], ['reverse split', 'split'], ['split', 'split'], ['tax', 'tax'],
  ],
}; // biome-ignore format: a table

const saxo: Preset = {
  id: 'saxo', product: 'Saxo', of: 'transactions', order: 'dmy',
  columns: {
    account: ['account id', 'client id'], traded_on: ['trade date'], settled_on: ['value date'], kind: ['event'], description: ['event'],
    name: ['instrument', 'product'], isin: ['instrument isin'], ticker: ['instrument symbol'], amount: ['booked amount'],
    fees: ['total cost'], currency: ['account currency'],
  },
  required: ['traded_on', 'kind', 'name', 'isin', 'amount'], traded_in: 'kind',
  kinds: [
    ['buy', 'buy'], ['sell', 'sell'], ['dividend', 'dividend'], ['cash dividend', 'dividend'], ['deposit', 'cash'], ['withdrawal', 'cash'],
    ['custody fee', 'fee'], ['service fee', 'fee'], ['interest', 'interest'], ['transfer', 'transfer'], ['split', 'split'],
  ],
}; // biome-ignore format: a table

const degiro: Preset = {
  id: 'degiro', product: 'DEGIRO', of: 'transactions', order: 'dmy', traded_in: 'kind',
  columns: {
    traded_on: ['datum', 'date', 'data', 'fecha'], settled_on: ['valutadatum', 'value date', 'data-valor', 'fecha valor', 'date de valeur'],
    name: ['product', 'produkt', 'produto', 'producto', 'produit'], isin: ['isin'],
    kind: ['omschrijving', 'beschreibung', 'description', 'descrição', 'descripción'],
    description: ['omschrijving', 'beschreibung', 'description', 'descrição', 'descripción'],
    currency: ['mutatie', 'änderung', 'change', 'mudança', 'variación', 'mouvements'],
    amount: ['mutatie+1', 'änderung+1', 'change+1', 'mudança+1', 'variación+1', 'mouvements+1'],
  },
  required: ['traded_on', 'settled_on', 'name', 'isin', 'kind', 'currency', 'amount'],
  kinds: [
    ['overboeking van uw geldrekening', 'skip', { why: only_balance }], ['overboeking naar uw geldrekening', 'skip', { why: only_balance }],
    ['degiro cash sweep', 'skip', { why: moves_inside }], ['reservation ideal', 'skip', { why: 'It reserves a deposit that has a row of its own' }],
    ['processed flatex withdrawal', 'skip', { why: moves_inside }], ['variation fonds mon', 'interest'],
    ['conversion fonds mon', 'skip', { why: moves_inside }], ['productwijziging : koop', 'merger', { sign: 1 }],
    ['productwijziging : verkoop', 'merger', { sign: -1 }], ['stock dividend', 'split', { sign: 1 }], ['koop', 'buy'], ['kauf', 'buy'], ['buy', 'buy'],
    ['compra', 'buy'], ['achat', 'buy'], ['verkoop', 'sell'], ['verkauf', 'sell'], ['sell', 'sell'], ['venda', 'sell'], ['venta', 'sell'], ['vente', 'sell'],
    ['dividendbelasting', 'tax'], ['dividendensteuer', 'tax'], ['dividend tax', 'tax'], ['impôts sur dividende', 'tax'], ['dividend', 'dividend'],
    ['rente', 'interest'], ['zinsen', 'interest'], ['flatex interest', 'interest'], ['interest', 'interest'], ['degiro courtesy', 'other'], ['degiro', 'fee'],
    ['giro exchange connection fee', 'fee'], ['comissões', 'fee'], ['comisiones', 'fee'], ['frais degiro', 'fee'], ['einrichtung', 'fee'],
    ['valuta ', 'exchange'], ['währungswechsel', 'exchange'], ['fx ', 'exchange'], ['ingreso cambio', 'exchange'], ['retirada cambio', 'exchange'],
    ['levantamento de divisa', 'exchange'], ['crédito de divisa', 'exchange'], ['crã©dito de divisa', 'exchange'], ['ideal deposit', 'cash'],
    ['flatex deposit', 'cash'], ['flatex einzahlung', 'cash'], ['flatex terugstorting', 'cash'], ['sofort', 'cash'], ['einzahlung', 'cash'],
    ['storting', 'cash'], ['deposit', 'cash'], ['ingreso', 'cash'], ['auszahlung', 'cash'], ['terugstorting', 'cash'], ['withdrawal', 'cash'],
  ],
}; // biome-ignore format: a table

const tradeRepublic: Preset = {
  id: 'trade-republic', product: 'Trade Republic', of: 'transactions', currency: 'EUR',
  columns: {
    traded_on: ['datum', 'date'], kind: ['transactietype', 'typ', 'type'], amount: ['waarde (netto)', 'wert (netto)', 'value (net)', 'wert', 'value'],
    name: ['opmerking', 'notiz', 'note'], description: ['opmerking', 'notiz', 'note'], isin: ['isin'], quantity: ['aantal', 'stück', 'shares'],
    fees: ['kosten', 'gebühren', 'fees'], taxes: ['belasting', 'steuern', 'taxes'],
  },
  required: ['traded_on', 'kind', 'amount', 'isin', 'quantity', 'fees', 'taxes'],
  kinds: [
    ['aankoop', 'buy'], ['kauf', 'buy'], ['buy', 'buy'], ['verkoop', 'sell'], ['verkauf', 'sell'], ['sell', 'sell'], ['dividend', 'dividend'],
    ['rente', 'interest'], ['zinsen', 'interest'], ['interest', 'interest'], ['storting', 'cash'], ['einlage', 'cash'], ['einzahlung', 'cash'],
    ['deposit', 'cash'], ['onttrekking', 'cash'], ['entnahme', 'cash'], ['auszahlung', 'cash'], ['removal', 'cash'], ['withdrawal', 'cash'],
    ['belasting', 'tax'], ['steuern', 'tax'], ['kosten', 'fee'], ['gebühren', 'fee'],
  ],
}; // biome-ignore format: a table

const trading212: Preset = {
  id: 'trading-212', product: 'Trading 212', of: 'transactions', decimal: '.',
  columns: {
    kind: ['action'], traded_on: ['time'], isin: ['isin'], ticker: ['ticker'], name: ['name'], quantity: ['no. of shares'], price: ['price / share'],
    price_currency: ['currency (price / share)'], amount: ['total'], currency: ['currency (total)'], external_id: ['id'],
    fees: ['currency conversion fee'], description: ['notes'],
  },
  required: ['kind', 'traded_on', 'isin', 'quantity', 'amount'],
  kinds: [
    ['market buy', 'buy'], ['limit buy', 'buy'], ['stop buy', 'buy'], ['market sell', 'sell'], ['limit sell', 'sell'], ['stop sell', 'sell'],
    ['dividend', 'dividend'], ['interest', 'interest'], ['lending interest', 'interest'], ['deposit', 'cash'], ['withdrawal', 'cash'],
    ['currency conversion', 'exchange'], ['transfer out', 'transfer_out'], ['transfer in', 'transfer_in'], ['stock split close', 'split', { sign: -1 }],
    ['stock split open', 'split', { sign: 1 }], ['stock distribution', 'spin_off'], ['card ', 'cash'],
  ],
}; // biome-ignore format: a table

const rabobank: Preset = {
  id: 'rabobank', product: 'Rabobank', of: 'transactions', order: 'dmy', decimal: ',', currency: 'EUR',
  columns: {
    account: ['portefeuille'], name: ['naam'], traded_on: ['datum'], kind: ['type mutatie'], description: ['type mutatie'], currency: ['valuta mutatie'],
    quantity: ['volume'], price: ['koers'], price_currency: ['valuta koers'], fees: ['valuta kosten €'], amount: ['bedrag'], isin: ['isin code'],
  },
  required: ['account', 'traded_on', 'kind', 'quantity', 'amount', 'isin'],
  kinds: [
    ['koop', 'buy'], ['verkoop', 'sell'], ['contant dividend', 'dividend'], ['dividend', 'dividend'], ['storting', 'cash'], ['opname', 'cash'],
    ['tarieven en services', 'fee'], ['kosten', 'fee'], ['rente', 'interest'], ['dividendbelasting', 'tax'],
  ],
}; // biome-ignore format: a table

const comdirectDepot: Preset = {
  id: 'comdirect-depot', product: 'comdirect', of: 'transactions', order: 'dmy', decimal: ',', currency: 'EUR',
  columns: {
    traded_on: ['geschäftstag'], settled_on: ['buchungstag'], quantity: ['stück / nom.'], name: ['bezeichnung'], other_id: ['wkn'],
    price_currency: ['währung'], price: ['ausführungskurs'], amount: ['umsatz in eur'], description: ['bezeichnung'],
  },
  required: ['traded_on', 'quantity', 'other_id', 'amount'],
  kinds: [['', 'trade']],
}; // biome-ignore format: a table

const comdirectCash: Preset = {
  id: 'comdirect-cash', product: 'comdirect', of: 'transactions', order: 'dmy', decimal: ',', currency: 'EUR',
  columns: {
    traded_on: ['buchungstag'], settled_on: ['wertstellung (valuta)'], kind: ['vorgang'], description: ['buchungstext'], amount: ['umsatz in eur'],
  },
  required: ['traded_on', 'settled_on', 'kind', 'description', 'amount'],
  kinds: [
    ['wertpapiere', 'skip', { why: 'The trade is in the file of the depot' }], ['zins', 'interest'], ['kontoabschluss', 'interest'], ['entgelt', 'fee'],
    ['gebühren', 'fee'], ['steuer', 'tax'], ['dividende', 'dividend'], ['ertrag', 'dividend'], ['', 'cash'],
  ],
}; // biome-ignore format: a table

const revolut: Preset = {
  id: 'revolut', product: 'Revolut', of: 'transactions', decimal: '.',
  columns: {
    traded_on: ['date'], ticker: ['ticker'], kind: ['type'], quantity: ['quantity'], price: ['price per share'], amount: ['total amount'],
    currency: ['currency'], description: ['type'],
  },
  required: ['traded_on', 'ticker', 'kind', 'quantity', 'price', 'amount', 'currency'],
  kinds: [
    ['buy', 'buy'], ['sell', 'sell'], ['dividend', 'dividend'], ['cash top-up', 'cash'], ['cash withdrawal', 'cash'], ['custody fee', 'fee'],
    ['stock split', 'split'], ['transfer', 'skip', { why: 'It moves the account to another company of the broker' }],
  ],
}; // biome-ignore format: a table

const xtb: Preset = {
  id: 'xtb', product: 'XTB', of: 'transactions', order: 'dmy', decimal: '.', currency: 'EUR', traded_in: 'description',
  columns: {
    external_id: ['id'], kind: ['type'], traded_on: ['time'], ticker: ['symbol'], description: ['comment'], amount: ['amount'],
  },
  required: ['external_id', 'kind', 'traded_on', 'ticker', 'description', 'amount'],
  kinds: [
    ['stocks/etf purchase', 'buy'], ['ações/etf compra', 'buy'], ['stocks/etf sale', 'sell'], ['ações/etf vende', 'sell'], ['deposit', 'cash'],
    ['withdrawal', 'cash'], ['free funds interests tax', 'tax'], ['free-funds interest tax', 'tax'], ['free funds interest', 'interest'],
    ['free-funds interest', 'interest'], ['dividend', 'dividend'], ['withholding tax', 'tax'], ['transfer', 'transfer'], ['profit/loss', 'other'],
    ['swap', 'fee'], ['spin off', 'other'],
  ],
}; // biome-ignore format: a table

const directa: Preset = {
  id: 'directa', product: 'Directa', of: 'transactions', order: 'dmy', decimal: '.', currency: 'EUR',
  columns: {
    traded_on: ['data operazione'], settled_on: ['data valuta'], kind: ['tipo operazione'], ticker: ['ticker'], isin: ['isin'],
    name: ['descrizione'], description: ['tipo operazione'], quantity: ['quantità'], amount: ['importo euro'],
  },
  required: ['traded_on', 'kind', 'isin', 'quantity', 'amount'],
  kinds: [
    ['acquisto', 'buy'], ['vendita', 'sell'], ['rit.', 'tax'], ['ritenuta', 'tax'], ['bollo', 'tax'], ['provento', 'dividend'], ['dividendo', 'dividend'],
    ['coupon', 'interest'], ['cedola', 'interest'], ['interessi', 'interest'], ['conferimento', 'cash'], ['prelievo', 'cash'], ['commissioni', 'fee'],
    ['spese', 'fee'],
  ],
}; // biome-ignore format: a table

const freetrade: Preset = {
  id: 'freetrade', product: 'Freetrade', of: 'transactions', decimal: '.',
  columns: {
    name: ['title'], kind: ['type'], side: ['buy / sell'], traded_on: ['timestamp'], currency: ['account currency'], amount: ['total amount'],
    ticker: ['ticker'], isin: ['isin'], price: ['price per share in account currency'], taxes: ['stamp duty'], quantity: ['quantity'],
    external_id: ['order id'], fees: ['fx fee amount'], description: ['title'],
  },
  required: ['kind', 'side', 'traded_on', 'amount', 'isin', 'quantity'],
  kinds: [
    ['order buy', 'buy'], ['order sell', 'sell'], ['freeshare_order buy', 'buy'], ['dividend', 'dividend'], ['property', 'dividend'],
    ['interest', 'interest'], ['top_up', 'deposit'], ['withdrawal', 'withdrawal'], ['monthly_statement', 'skip', { why: no_movement }],
    ['tax_certificate', 'skip', { why: no_movement }],
  ],
}; // biome-ignore format: a table

const delta: Preset = {
  id: 'delta', product: 'Delta', of: 'transactions', decimal: '.',
  columns: {
    traded_on: ['date'], kind: ['way'], side: ['base type'], quantity: ['base amount'], ticker: ['base currency (name)'], amount: ['quote amount'],
    currency: ['quote currency'], fees: ['fee amount'], description: ['notes'],
  },
  required: ['traded_on', 'kind', 'side', 'quantity', 'ticker', 'amount'],
  kinds: [
    ['buy', 'buy'], ['sell', 'sell'], ['dividend', 'dividend'], ['deposit fiat', 'deposit'], ['withdraw fiat', 'withdrawal'], ['deposit', 'transfer_in'],
    ['withdraw', 'transfer_out'],
  ],
}; // biome-ignore format: a table

const hargreaves: Preset = {
  id: 'hargreaves-lansdown', product: 'Hargreaves Lansdown', of: 'transactions', order: 'dmy', decimal: '.', currency: 'GBP',
  head: { account: 'Client Number:' }, price_in_hundredths: true,
  columns: {
    traded_on: ['trade date'], settled_on: ['settle date'], kind: ['reference'], name: ['description'], description: ['description'],
    price: ['unit cost (p)'], quantity: ['quantity'], amount: ['quantity+1'],
  },
  required: ['traded_on', 'settled_on', 'kind', 'price', 'quantity', 'amount'],
  kinds: [
    ['manage fee', 'fee'], ['interest', 'interest'], ['fpc', 'cash'], ['card web', 'cash'], ['fpd', 'cash'], ['transfer', 'transfer'], ['div', 'dividend'],
    ['b', 'buy'], ['s', 'sell'],
  ],
}; // biome-ignore format: a table

/** The exports that are known. OFX files are read by a parser of their own. */
export const presets: readonly Preset[] = [
  schwab, fidelity, vanguard, vanguardPositions, schwabPositions, fidelityPositions, vanguardUk, ibkrTrades, ibkrCash, ibkrStatement, swissquote, saxo,
  degiro, tradeRepublic, trading212, rabobank, comdirectDepot, comdirectCash, revolut, xtb, directa, freetrade, delta, hargreaves,
]; // biome-ignore format: a list
