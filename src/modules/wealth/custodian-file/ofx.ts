import { Decimal } from 'decimal.js';
import type { TransactionKind } from '../transaction/contract.ts';
import { childOf, decodeOfx, fieldOf, findAll, OfxError, type OfxNode, parseOfx } from './ofx-tree.ts';
import type { CustodianFile, FilePosition, FileProblem, FileStatement, FileTransaction, SecurityRef } from './row.ts';

const statement_names = new Set(['STMTRS', 'CCSTMTRS', 'INVSTMTRS']);
const security_names = new Set(['SECINFO']);
const position_names = new Set(['INVPOS']);
const status_names = new Set(['STATUS']);

/** The aggregates of investment transactions (OFX 1.6, 13.9.2.4.2), with what each means. */
const investment_kinds: Record<string, TransactionKind> = {
  BUYDEBT: 'buy',
  BUYMF: 'buy',
  BUYOPT: 'buy',
  BUYOTHER: 'buy',
  BUYSTOCK: 'buy',
  SELLDEBT: 'sell',
  SELLMF: 'sell',
  SELLOPT: 'sell',
  SELLOTHER: 'sell',
  SELLSTOCK: 'sell',
  INCOME: 'dividend',
  INVEXPENSE: 'fee',
  MARGININTEREST: 'interest',
  REINVEST: 'reinvestment',
  RETOFCAP: 'return_of_capital',
  SPLIT: 'split',
  TRANSFER: 'transfer_in',
  JRNLFUND: 'other',
  JRNLSEC: 'other',
  CLOSUREOPT: 'other',
};

const income_kinds: Record<string, TransactionKind> = {
  CGLONG: 'capital_gain',
  CGSHORT: 'capital_gain',
  DIV: 'dividend',
  INTEREST: 'interest',
  MISC: 'other',
};

/** TRNTYPE of a bank transaction, where it says more than the sign of its amount. */
const bank_kinds: Record<string, TransactionKind> = {
  INT: 'interest',
  DIV: 'dividend',
  FEE: 'fee',
  SRVCHG: 'fee',
  REPEATPMT: 'withdrawal',
};

/** A value that a row must have is missing or wrong; the row becomes a problem. */
class RowError extends Error {}

/**
 * Reads an OFX file of version 1 or 2: statements of bank, card and investment accounts. A row that cannot be taken is
 * named with its line and the reason, and the others are still there. Throws an `OfxError` for what is no OFX file, or
 * says of itself that it failed.
 */
export function readOfx(bytes: Uint8Array): CustodianFile {
  const root = parseOfx(decodeOfx(bytes));
  const problems: FileProblem[] = [];
  const securities = findAll(root, security_names).map(securityOf);
  const known = new Map(securities.map((security) => [idOf(security), security]));
  const statements = findAll(root, statement_names).map((node) => statementOf(node, known, problems));
  if (statements.length === 0 && securities.length === 0) refuseFailed(root);
  const rows =
    problems.length + statements.reduce((sum, one) => sum + one.transactions.length + one.positions.length, 0);
  return { statements, securities, problems, rows };
}

/** A file without a statement may say why. */
function refuseFailed(root: OfxNode): void {
  for (const status of findAll(root, status_names)) {
    const code = fieldOf(status, 'CODE');
    if (code && code !== '0')
      throw new OfxError(
        `The institution answered with an error instead of a statement: ${fieldOf(status, 'MESSAGE') ?? code}`,
      );
  }
}

function statementOf(node: OfxNode, known: ReadonlyMap<string, SecurityRef>, problems: FileProblem[]): FileStatement {
  const account = childOf(node, 'BANKACCTFROM') ?? childOf(node, 'CCACCTFROM') ?? childOf(node, 'INVACCTFROM');
  const list = childOf(node, 'BANKTRANLIST') ?? childOf(node, 'INVTRANLIST');
  const currency = fieldOf(node, 'CURDEF')?.toUpperCase() ?? null;
  const statement: FileStatement = {
    account: {
      number: fieldOf(account, 'ACCTID') ?? '',
      institution: fieldOf(account, 'BANKID') ?? fieldOf(account, 'BROKERID') ?? null,
      kind: fieldOf(account, 'ACCTTYPE') ?? (node.name === 'INVSTMTRS' ? 'INVESTMENT' : null),
    },
    currency,
    from: dayOrNull(fieldOf(list, 'DTSTART')),
    to: dayOrNull(fieldOf(list, 'DTEND')),
    transactions: [],
    positions: [],
    cash: cashOf(node),
  };
  const take = <Row>(row: OfxNode, make: () => Row, into: Row[]) => {
    try {
      into.push(make());
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      problems.push({ line: row.line, message: error.message });
    }
  };
  for (const row of list?.children ?? []) {
    if (row.name === 'STMTTRN') take(row, () => bankRow(row, currency), statement.transactions);
    else if (row.name === 'INVBANKTRAN')
      take(row, () => bankRow(childOf(row, 'STMTTRN') ?? row, currency), statement.transactions);
    else if (row.children.length > 0) take(row, () => investmentRow(row, currency, known), statement.transactions);
  }
  for (const row of findAll(childOf(node, 'INVPOSLIST') ?? empty, position_names))
    take(row, () => positionOf(row, currency, known), statement.positions);
  return statement;
}

const empty: OfxNode = { name: '', text: '', children: [], line: 0 };

function bankRow(node: OfxNode, currency: string | null): FileTransaction {
  const amount = required(amountOf(node, 'TRNAMT'), 'an amount (TRNAMT)');
  const type = fieldOf(node, 'TRNTYPE')?.toUpperCase() ?? '';
  const words = [fieldOf(node, 'NAME'), fieldOf(node, 'MEMO')].filter((text) => text !== undefined);
  return {
    ...sameForAll(node, node, currency),
    kind: bank_kinds[type] ?? (amount.startsWith('-') ? 'withdrawal' : 'deposit'),
    traded_on: dayOf(node, 'DTPOSTED'),
    settled_on: null,
    security: null,
    quantity: null,
    price: null,
    amount,
    fees: null,
    taxes: null,
    description: [...new Set(words)].join(' · ') || null,
  };
}

function investmentRow(
  node: OfxNode,
  currency: string | null,
  known: ReadonlyMap<string, SecurityRef>,
): FileTransaction {
  const listed = investment_kinds[node.name];
  if (!listed) throw new RowError(`This kind of transaction is not known: ${node.name}`);
  // Trades stand one level deeper, in INVBUY or INVSELL.
  const body = childOf(node, 'INVBUY') ?? childOf(node, 'INVSELL') ?? node;
  const head = childOf(body, 'INVTRAN') ?? empty;
  const units = amountOf(body, 'UNITS');
  const total = amountOf(body, 'TOTAL');
  const kind = kindOf(node, listed, units);
  return {
    ...sameForAll(head, body, currency),
    kind,
    traded_on: dayOf(head, 'DTTRADE'),
    settled_on: dayOrNull(fieldOf(head, 'DTSETTLE')),
    security: securityAt(body, known),
    quantity: kind === 'split' ? splitUnits(body) : units,
    price: amountOf(body, 'UNITPRICE'),
    amount: kind === 'transfer_in' || kind === 'transfer_out' ? null : signed(total, kind),
    fees: addUp(amountOf(body, 'COMMISSION'), amountOf(body, 'FEES')),
    taxes: addUp(amountOf(body, 'TAXES'), amountOf(body, 'WITHHOLDING')),
    description: fieldOf(head, 'MEMO') ?? null,
  };
}

function kindOf(node: OfxNode, listed: TransactionKind, units: string | null): TransactionKind {
  if (node.name === 'INCOME') return income_kinds[fieldOf(node, 'INCOMETYPE')?.toUpperCase() ?? ''] ?? 'dividend';
  if (node.name === 'TRANSFER') {
    const leaves = fieldOf(node, 'TFERACTION')?.toUpperCase() === 'OUT' || units?.startsWith('-');
    return leaves ? 'transfer_out' : 'transfer_in';
  }
  return listed;
}

/** Files do not agree on the sign of a total; what it is of says it. */
function signed(total: string | null, kind: TransactionKind): string | null {
  if (total === null) return null;
  const amount = new Decimal(total);
  if (kind === 'buy' || kind === 'fee') return amount.abs().neg().toFixed();
  // Income that is reinvested leaves the cash as it was.
  if (kind === 'reinvestment') return '0';
  if (kind === 'sell' || kind === 'return_of_capital') return amount.abs().toFixed();
  return amount.toFixed();
}

/** How many more units there are after a split. */
function splitUnits(body: OfxNode): string | null {
  const [before, after] = [amountOf(body, 'OLDUNITS'), amountOf(body, 'NEWUNITS')];
  return before !== null && after !== null ? new Decimal(after).minus(before).toFixed() : null;
}

function positionOf(node: OfxNode, currency: string | null, known: ReadonlyMap<string, SecurityRef>): FilePosition {
  const units = required(amountOf(node, 'UNITS'), 'a number of units (UNITS)');
  const isShort = fieldOf(node, 'POSTYPE')?.toUpperCase() === 'SHORT';
  return {
    line: node.line,
    security: required(securityAt(node, known), 'a security (SECID)'),
    quantity: isShort ? new Decimal(units).abs().neg().toFixed() : units,
    price: amountOf(node, 'UNITPRICE'),
    value: amountOf(node, 'MKTVAL'),
    as_of: dayOf(node, 'DTPRICEASOF'),
    currency: fieldOf(childOf(node, 'CURRENCY'), 'CURSYM')?.toUpperCase() ?? currency,
  };
}

/** What transactions of all kinds say in one way. `head` has the numbers, `body` the amounts. */
function sameForAll(head: OfxNode, body: OfxNode, currency: string | null) {
  const corrected = fieldOf(head, 'CORRECTFITID');
  return {
    line: body.line,
    external_id: fieldOf(head, 'FITID') ?? null,
    corrects: corrected
      ? {
          external_id: corrected,
          how: fieldOf(head, 'CORRECTACTION')?.toUpperCase() === 'DELETE' ? ('delete' as const) : ('replace' as const),
        }
      : null,
    // ORIGCURRENCY only says what an amount was in before it was converted.
    currency: fieldOf(childOf(body, 'CURRENCY'), 'CURSYM')?.toUpperCase() ?? currency,
  };
}

const securityAt = (node: OfxNode, known: ReadonlyMap<string, SecurityRef>): SecurityRef | null => {
  const id = childOf(node, 'SECID');
  if (!id) return null;
  const named = securityOf(node);
  return known.get(idOf(named)) ?? named;
};

function securityOf(node: OfxNode): SecurityRef {
  const id = childOf(node, 'SECID');
  const [value, type] = [fieldOf(id, 'UNIQUEID') ?? null, fieldOf(id, 'UNIQUEIDTYPE')?.toUpperCase()];
  return {
    isin: type === 'ISIN' ? value : null,
    cusip: type === 'CUSIP' ? value : null,
    ticker: fieldOf(node, 'TICKER') ?? (type === 'TICKER' ? value : null),
    other_id: type === 'ISIN' || type === 'CUSIP' || type === 'TICKER' ? null : value,
    name: fieldOf(node, 'SECNAME') ?? null,
  };
}

const idOf = ({ isin, cusip, ticker, other_id }: SecurityRef): string => isin ?? cusip ?? other_id ?? ticker ?? '';

/**
 * The cash of an account: the ledger's balance of a bank, what is available at a broker. An empty or unreadable one is
 * none.
 */
function cashOf(node: OfxNode): FileStatement['cash'] {
  const ledger = childOf(node, 'LEDGERBAL');
  const of = (holder: OfxNode | undefined, name: string) => {
    try {
      return amountOf(holder ?? empty, name);
    } catch {
      return null;
    }
  };
  const amount = of(ledger, 'BALAMT') ?? of(childOf(node, 'INVBAL'), 'AVAILCASH');
  return amount === null ? null : { amount, as_of: dayOrNull(fieldOf(ledger, 'DTASOF') ?? fieldOf(node, 'DTASOF')) };
}

function required<Value>(value: Value | null, what: string): Value {
  if (value === null) throw new RowError(`This row has not ${what}`);
  return value;
}

/** An exact decimal; a comma is taken as the decimal point where there is no other. Null where there is nothing. */
function amountOf(node: OfxNode, name: string): string | null {
  const text = fieldOf(node, name);
  if (text === undefined) return null;
  const plain = text.replace(/\s/g, '').replace(/,(?=\d*$)/, '.');
  if (!/^[+-]?(?:\d{1,30}\.?\d{0,20}|\.\d{1,20})$/.test(plain))
    throw new RowError(`“${text}” is not an amount (${name})`);
  return new Decimal(plain.replace(/^\+/, '')).toFixed();
}

function dayOf(node: OfxNode, name: string): string {
  const text = fieldOf(node, name);
  if (text === undefined) throw new RowError(`This row has no date (${name})`);
  const day = dayOrNull(text);
  if (day === null) throw new RowError(`“${text}” is not a day that exists (${name})`);
  return day;
}

/** The day as the institution wrote it, in its own time zone: `20120908190849.317[-4:EDT]` is 2012-09-08. */
function dayOrNull(text: string | undefined): string | null {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)/.exec(text ?? '') ?? [];
  if (!year) return null;
  const iso = `${year}-${month}-${day}`;
  const time = Date.parse(`${iso}T00:00:00Z`);
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== iso ? null : iso;
}

function addUp(...amounts: (string | null)[]): string | null {
  const known = amounts.filter((amount) => amount !== null);
  return known.length === 0 ? null : known.reduce((sum, one) => sum.plus(one), new Decimal(0)).toFixed();
}
