import { maskOf } from '../../../kernel/contract/mask.ts';
import { invalidField } from '../../../kernel/errors/problem.ts';
import type { Claimant } from '../../../kernel/fairness/fair-lane.ts';
import { ParseError } from '../../../kernel/parsing/parse-error.ts';
import { filePool } from '../../../kernel/parsing/pools.ts';
import { createRow, createRows, updateRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { dataKeys } from '../../../kernel/vault/data-keys.ts';
import { blindIndex } from '../../../kernel/vault/envelope.ts';
import { financialAccount } from '../financial-account/contract.ts';
import { security as securityResource } from '../security/contract.ts';
import type { FileDecisions, FileReport, FileRow, RowOutcome } from './contract.ts';
import type { FileAccount, FileInput, FileSecurity, ParsedFile, parse } from './parser.ts';
import type { Preset } from './presets.ts';
import {
  custodianNamed,
  type FoundAccount,
  type FoundSecurity,
  findAccounts,
  findSecurities,
  type Places,
  placeCorrections,
  placePositions,
  placeTransactions,
  securitiesNamed,
  tellSearched,
} from './queries.ts';

const seconds_max = 120;
const sample_problems_max = 200;
const securities_per_insert = 500;

const parseAside = filePool.parser<typeof parse>({
  module: new URL('./parser.ts', import.meta.url),
  seconds_max,
  tooSlow: {
    code: 'takes_too_long',
    message: `The file takes longer than ${seconds_max} seconds to read. Ask for a shorter period.`,
  },
  tooLarge: {
    code: 'needs_too_much_memory',
    message: 'The file needs too much memory to be read. Ask for a shorter period.',
  },
});

/** Reads a file in another process. */
export async function readFile(bytes: Buffer, { mapping, day }: FileDecisions, today: string, by: Claimant) {
  const input: FileInput = { bytes, own: mapping && presetOf(mapping), day: day ?? today };
  try {
    return await parseAside(input, by);
  } catch (error) {
    throw error instanceof ParseError ? invalidField('file', error.code, error.message) : error;
  }
}

/** What somebody says of a file, as a preset. */
function presetOf({ columns, kinds, ...rest }: NonNullable<FileDecisions['mapping']>): Preset {
  const names = Object.entries(columns).map(([field, column]) => [field, [column.toLowerCase().replace(/\s+/g, ' ')]]);
  const rules = Object.entries(kinds).map(([word, kind]) => [word.toLowerCase(), kind] as const);
  const isByUnits = columns.quantity !== undefined;
  return {
    id: 'own',
    product: 'Own mapping',
    columns: Object.fromEntries(names),
    required: Object.keys(columns) as Preset['required'],
    // Longer words first: they say more.
    kinds: [
      ...rules.sort(([a], [b]) => b.length - a.length),
      ...(columns.kind ? [] : [['', isByUnits ? 'trade' : 'cash'] as const]),
    ],
    of: rest.of,
    order: rest.order,
    ...(rest.decimal && { decimal: rest.decimal }),
    ...(rest.currency && { currency: rest.currency }),
  };
}

type MatchState = FileReport['accounts'][number]['outcome'];
interface PlacedAccount {
  outcome: MatchState;
  account: FoundAccount | null;
  candidates: number;
}
interface PlacedSecurity {
  outcome: MatchState;
  security: { id: string; name: string } | null;
  candidates: number;
}

/**
 * Takes a file into the accounts of the caller: what is known at once, what waits for a decision when it is sent again
 * with one. `dry`: only says what would become of each row. Nothing of the file stays but what becomes transactions and
 * positions, so that its account numbers are sealed or nowhere.
 */
export async function importFile(
  ctx: Context,
  file: ParsedFile,
  decisions: FileDecisions,
  dry: boolean,
): Promise<FileReport> {
  const accounts = await placeAccounts(ctx, file, decisions, dry);
  const securities = await placeSecurities(ctx, file.securities, decisions, dry);
  const places: Places = {
    accounts: JSON.stringify(
      accounts.map(({ account, outcome }, a) => ({
        a,
        account_id: account?.id || null,
        account_currency: account?.currency ?? file.accounts[a]!.currency,
        outcome: stateOf(outcome),
      })),
    ),
    securities: JSON.stringify(
      securities.map(({ security, outcome }, s) => ({
        s,
        security_id: security?.id || null,
        outcome: stateOf(outcome),
      })),
    ),
  };
  const tally = new Tally();
  for (const batch of file.transactions) tally.add(await placeTransactions(ctx, batch, places, dry), dry);
  for (const batch of file.positions) tally.add(await placePositions(ctx, batch, places, dry), true);
  await setOff(ctx, file, places, dry, tally);
  for (const line of file.repeated) tally.one(line, 'duplicate', 'It stands in another statement of the file, too');
  for (const { line, message, skipped } of file.problems) tally.one(line, skipped ? 'skipped' : 'refused', message);
  return {
    source: file.source,
    unknown: null,
    rows: file.rows,
    counts: tally.counts,
    accounts: file.accounts.map(({ number, ...one }, key) => ({
      ...one,
      ...shownPlace(accounts[key]!),
      key,
      number: number ? maskOf(number, 'last4') : null,
    })),
    securities: file.securities.map((one, key) => ({ ...one, ...securities[key]!, key })),
    samples: tally.samples.map((row) => ({ ...row, reason: row.reason ?? reasonOf(row, accounts, securities) })),
  };
}

/** In the eyes of the database something that is being created is there. */
const stateOf = (outcome: MatchState) => (outcome === 'created' ? 'matched' : outcome);
const shownPlace = ({ account, outcome, candidates }: PlacedAccount) => ({
  outcome,
  candidates,
  account: account?.id ? { id: account.id, name: account.name, household: account.household } : null,
});

function reasonOf(
  { outcome, account, security }: FileRow,
  accounts: readonly PlacedAccount[],
  securities: readonly PlacedSecurity[],
): string | null {
  if (outcome === 'duplicate') return 'It is here already';
  const byAccount = account !== null && accounts[account]!.outcome === outcome;
  const bySecurity = security !== null && securities[security]!.outcome === outcome;
  if (outcome === 'waiting') return byAccount ? 'Unknown account' : bySecurity ? 'Unknown security' : null;
  if (outcome === 'skipped')
    return byAccount ? 'Its account is left out' : bySecurity ? 'Its security is left out' : null;
  return null;
}

/** Counts rows by what becomes of them, and keeps some of each. */
class Tally {
  readonly counts = { imported: 0, duplicate: 0, waiting: 0, skipped: 0, refused: 0 };
  readonly samples: FileRow[] = [];

  add(
    groups: readonly { outcome: RowOutcome; count: number; written: number; samples: Omit<FileRow, 'reason'>[] }[],
    all: boolean,
  ): void {
    for (const { outcome, count, written, samples } of groups) {
      // What somebody else has written meanwhile is here already.
      const imported = outcome === 'imported' && !all ? written : count;
      this.counts[outcome] += imported;
      this.counts.duplicate += count - imported;
      if (this.#room(outcome)) this.samples.push(...samples.map((row) => ({ ...row, reason: null })));
    }
  }

  one(line: number, outcome: RowOutcome, reason: string, account: number | null = null): void {
    this.counts[outcome]++;
    if (!this.#room(outcome)) return;
    const nothing = {
      security: null,
      kind: null,
      day: null,
      quantity: null,
      amount: null,
      currency: null,
      description: null,
    };
    this.samples.push({ line, outcome, reason, account, ...nothing });
  }

  #room(outcome: RowOutcome): boolean {
    return this.samples.filter((row) => row.outcome === outcome).length < sample_problems_max;
  }
}

/**
 * Sets off what the file corrects. A row that only deletes is accounted for here; one that replaces is a transaction,
 * too.
 */
async function setOff(
  ctx: Context,
  { corrections }: ParsedFile,
  places: Places,
  dry: boolean,
  tally: Tally,
): Promise<void> {
  if (corrections.length === 0) return;
  const deletes = new Set(corrections.filter((one) => one.deletes).map(({ line }) => line));
  for (const { line, a, outcome } of await placeCorrections(ctx, corrections, places, dry))
    if (deletes.has(line))
      tally.one(line, outcome, outcome === 'refused' ? 'What it deletes is not here' : 'It sets off another row', a);
}

async function placeAccounts(
  ctx: Context,
  { accounts, source }: ParsedFile,
  decisions: FileDecisions,
  dry: boolean,
): Promise<PlacedAccount[]> {
  const decided = new Map(decisions.accounts.map((one) => [one.key, one]));
  const keys = await dataKeys(ctx).indexing(ctx);
  const binding = { table: financialAccount.table, column: 'account_number' };
  const indexesOf = ({ number }: FileAccount) =>
    number === '' ? [] : keys.map((key) => blindIndex(key, binding, number).toString('hex'));
  const indexes = accounts.map(indexesOf);
  const ids = decisions.accounts.flatMap(({ account_id }) => account_id ?? []);
  const found = await findAccounts(ctx, indexes.flat(), ids);
  if (indexes.some((some) => some.length > 0)) await tellSearched(ctx);
  const placed: PlacedAccount[] = [];
  for (const [key, account] of accounts.entries()) {
    const said = decided.get(key);
    const same = found.filter(({ index }) => index !== null && indexes[key]!.includes(index));
    if (said?.skip) placed.push({ outcome: 'skipped', account: null, candidates: 0 });
    else if (said?.account_id)
      placed.push(
        await chosenAccount(
          ctx,
          account,
          found.find(({ id }) => id === said.account_id),
          key,
          dry,
        ),
      );
    else if (same.length === 0 && said?.create) placed.push(await newAccount(ctx, account, said.create, source, dry));
    else if (same.length === 1) placed.push({ outcome: 'matched', account: same[0]!, candidates: 1 });
    else placed.push({ outcome: 'waiting', account: null, candidates: same.length });
  }
  return placed;
}

async function chosenAccount(
  ctx: Context,
  { number }: FileAccount,
  account: FoundAccount | undefined,
  key: number,
  dry: boolean,
): Promise<PlacedAccount> {
  if (!account)
    throw invalidField(`accounts.${key}.account_id`, 'no_such_record', 'There is no such account that you may change');
  // The next file finds it by its number.
  if (!dry && number !== '' && !account.has_number)
    await updateRow(ctx, financialAccount, account.id, { account_number: number });
  return { outcome: 'matched', account, candidates: 1 };
}

async function newAccount(
  ctx: Context,
  { number, currency, institution }: FileAccount,
  { household_id, name }: { household_id: string; name: string },
  source: string,
  dry: boolean,
): Promise<PlacedAccount> {
  const unmade = { id: '', name, currency: currency ?? '', household: '', has_number: true, index: null };
  if (dry) return { outcome: 'created', account: { ...unmade, currency: currency ?? 'USD' }, candidates: 0 };
  const custodian_id =
    (await custodianNamed(ctx, source)) ?? (institution ? await custodianNamed(ctx, institution) : undefined);
  const input: Values = { household_id, name, registration: 'individual', kind: 'managed' };
  const made = await createRow(ctx, financialAccount, {
    ...input,
    ...(number !== '' && { account_number: number }),
    ...(currency && { currency }),
    ...(custodian_id && { custodian_id }),
  });
  const [account] = await findAccounts(ctx, [], [made.id as string]);
  if (!account) throw invalidField('accounts', 'not_allowed', 'You may not add accounts to this household');
  return { outcome: 'created', account, candidates: 0 };
}

async function placeSecurities(
  ctx: Context,
  securities: readonly FileSecurity[],
  decisions: FileDecisions,
  dry: boolean,
): Promise<PlacedSecurity[]> {
  if (securities.length === 0) return [];
  const decided = new Map(decisions.securities.map((one) => [one.key, one]));
  const chosen = await securitiesNamed(
    ctx,
    decisions.securities.flatMap(({ security_id }) => security_id ?? []),
  );
  const found = Map.groupBy(await findSecurities(ctx, securities), ({ k }) => k);
  const made: number[] = [];
  const placed = securities.map((one, key): PlacedSecurity => {
    const said = decided.get(key);
    if (said?.skip) return { outcome: 'skipped', security: null, candidates: 0 };
    if (said?.security_id) {
      const security = chosen.find(({ id }) => id === said.security_id);
      if (!security) throw invalidField(`securities.${key}.security_id`, 'no_such_record', 'There is no such security');
      return { outcome: 'matched', security, candidates: 1 };
    }
    const { match, candidates } = bestOf(found.get(key) ?? [], one.currency);
    if (match) return { outcome: 'matched', security: { id: match.id, name: match.name }, candidates: 1 };
    if (candidates > 0 || !(said?.create || decisions.create_securities))
      return { outcome: 'waiting', security: null, candidates };
    made.push(key);
    return { outcome: 'created', security: null, candidates: 0 };
  });
  if (dry) return placed;
  for (let at = 0; at < made.length; at += securities_per_insert) {
    const some = made.slice(at, at + securities_per_insert);
    const rows = await createRows(
      ctx,
      securityResource,
      some.map((key) => newSecurity(securities[key]!)),
    );
    for (const [place, row] of rows.entries())
      placed[some[place]!]!.security = { id: row.id as string, name: row.name as string };
  }
  return placed;
}

/** The one that is found by the surest code; of several by that the one in the currency of the file. */
function bestOf(
  found: readonly FoundSecurity[],
  currency: string | null,
): { match: FoundSecurity | undefined; candidates: number } {
  const surest = found.filter(({ rank }) => rank === found[0]!.rank);
  const same = new Map(surest.map((one) => [one.id, one]));
  const inCurrency = [...same.values()].filter((one) => one.currency === currency);
  const match = same.size === 1 ? surest[0] : inCurrency.length === 1 ? inCurrency[0] : undefined;
  return { match, candidates: match ? 1 : same.size };
}

/** Its class nobody knows from a file of trades. */
const newSecurity = ({ isin, cusip, ticker, other_id, name, currency }: FileSecurity): Values => ({
  name: name ?? ticker ?? isin ?? cusip ?? other_id ?? '?',
  asset_class: 'other',
  isin,
  cusip,
  ticker,
  external_id: other_id,
  ...(currency && { currency }),
});
